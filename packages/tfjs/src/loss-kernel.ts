import type { Loss, LossOutput } from '@dbloss/core'
import type * as tf from '@tensorflow/tfjs-core'
import { OperationsKernel } from './operations-kernel.ts'
import type { BatchTensors } from './primitives.ts'

/** Computes one output of a loss and its derivative on a backend. Runs inside `tf.customGrad`, so nothing has to be tidied. */
export interface LossKernel {
  /** The output, of rank 2, and what `backward` needs of it. */
  forward(batch: BatchTensors): { readonly output: tf.Tensor; readonly saved: tf.Tensor[] }
  /** The derivative of `Σ seed · output` with respect to the logits, [B, C]. */
  backward(seed: tf.Tensor, saved: readonly tf.Tensor[], size: Omit<BatchTensors, 'inputs'>): tf.Tensor
  /** Frees what the kernel keeps between batches. */
  dispose(): void
}

/** The kernel of a loss: the one place where a fused kernel can take over on a backend that has one. */
export function createKernel(loss: Loss, output: LossOutput): LossKernel {
  return new OperationsKernel(loss, output)
}
