import type { Loss, LossProgram } from '@dbloss/core'
import type { KernelThreads } from './threads/kernel-threads.ts'

/** The outputs of a loss that a kernel can compute. */
export type KernelOutput = keyof LossProgram

/** The outputs besides the value. */
export type KernelArrayOutput = Exclude<KernelOutput, 'value'>

/** How to compile a kernel. */
export interface KernelOptions {
  /** The number of classes; the loss fixes it where it has class vectors. */
  readonly classCount?: number
  /** `hard`: every label is 0 or 1, and none unknown, which makes kernels much faster; others are refused. Default `any`. */
  readonly labels?: 'any' | 'hard'
  /** What `evaluate` gives besides the value. Default: the gradient. */
  readonly outputs?: readonly KernelArrayOutput[]
  /** Threads of `startKernelThreads` that share the rows of large batches. Default: only the one that calls. */
  readonly threads?: KernelThreads
}

/** The arrays of a batch in the memory of a kernel, row-major. */
export interface KernelArrays {
  /** [B, C] */
  readonly logits: Float32Array
  /** [B, C]; 1 positive, 0 negative, between them soft, −1 unknown. */
  readonly labels: Float32Array
  /** [B, C], where the kernel computes it. */
  readonly gradient?: Float32Array
  /** [B, C], where the kernel computes them: the loss before reduction. */
  readonly elements?: Float32Array
  /** [B], where the kernel computes them. */
  readonly rows?: Float32Array
  /** Further inputs of the loss, each of its own extent. */
  readonly inputs: Readonly<Record<string, Float32Array>>
}

/** What `evaluate` of a kernel takes besides logits, labels and gradient. */
export interface KernelArguments {
  /** Further inputs that the loss declares. */
  readonly inputs?: Readonly<Record<string, Float32Array | Float64Array>>
  /** [B, C]; filled where the kernel computes elements. */
  readonly elements?: Float32Array | Float64Array
  /** [B]; filled where the kernel computes rows. */
  readonly rows?: Float32Array | Float64Array
}

/** A loss, compiled. */
export interface Kernel {
  readonly loss: Loss
  readonly classCount: number
  /** Bytes of the WebAssembly module, or of the JavaScript text. */
  readonly moduleSize: number
  /**
   * Computes the value and fills `gradient` with its derivative with respect to the logits. Arrays of {@link arrays} are used
   * where they lie; others are copied in and out.
   *
   * @throws DblossError `shape`, `logits`, `labels` as `checkBatch`, before any output is written; `argument` for arrays of
   * {@link arrays} that are of another batch size.
   */
  evaluate(
    logits: Float32Array | Float64Array,
    labels: Float32Array | Float64Array,
    gradient?: Float32Array | Float64Array,
    further?: KernelArguments,
  ): number
  /**
   * The kernel's own arrays for batches of this size: what is written there need not be copied. They are valid until arrays of
   * another size are asked for, or a batch of another size is evaluated.
   *
   * @throws DblossError `shape` for no number of rows, `argument` where the batch would need more than 4 GiB.
   */
  arrays(batchSize: number): KernelArrays
}
