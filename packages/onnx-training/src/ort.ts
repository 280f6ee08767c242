/**
 * What this package needs of ONNX Runtime, structurally: `onnxruntime-node`, `onnxruntime-web` and `onnxruntime-common` of
 * any version fit, also the one that transformers.js has loaded. Never two versions of onnxruntime-node in one process.
 */
export interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: OrtSessionOptions): Promise<OrtSession>
  }
  readonly Tensor: new (type: OrtElementType, data: OrtData, dims: readonly number[]) => OrtTensor
}

/** Passed through to the runtime: execution providers, threads and the like. */
export interface OrtSessionOptions {
  readonly executionProviders?: readonly (string | { readonly name: string })[]
  readonly intraOpNumThreads?: number
  readonly [option: string]: unknown
}

/** The element types that training uses. */
export type OrtElementType = 'float32' | 'float64' | 'float16' | 'int64' | 'int32' | 'uint8' | 'bool'

/** The data of a tensor on the CPU. */
export type OrtData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint16Array | Uint8Array

/** A tensor of the runtime. */
export interface OrtTensor {
  readonly data: unknown
  readonly dims: readonly number[]
  readonly type: string
  /** Where the data are; on a device they cannot be read directly. */
  readonly location?: string
  dispose?(): void
}

/** A session of the runtime. */
export interface OrtSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>
  release?(): Promise<void>
}
