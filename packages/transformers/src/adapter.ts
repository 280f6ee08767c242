import type { Adapter } from '@dbloss/core'
import { type GraphPrecision, type OrtSessionOptions, onnxAdapter } from '@dbloss/onnx-training'
import { transformersRuntime } from './runtime.ts'

/** Options of {@link transformersAdapter}. */
export interface TransformersAdapterOptions {
  /** Default `float32`. */
  readonly precision?: GraphPrecision
  /** Passed through to the runtime, as `{ executionProviders: ['webgpu'] }`. Default: that of the runtime. */
  readonly sessionOptions?: OrtSessionOptions
}

/**
 * transformers.js as a target of every loss: ONNX graphs in the runtime that it has loaded.
 *
 * @throws DblossError `runtime` as {@link transformersRuntime}.
 */
export async function transformersAdapter({
  precision = 'float32',
  sessionOptions = {},
}: TransformersAdapterOptions = {}): Promise<Adapter> {
  const ort = await transformersRuntime()
  return onnxAdapter({ ort, precision, sessionOptions, name: `transformers.js-${precision}` })
}
