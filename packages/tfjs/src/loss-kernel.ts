import { isDblossError, type Loss, type LossOutput } from '@dbloss/core'
import * as tf from '@tensorflow/tfjs-core'
import { FusedKernel } from './fused-kernel.ts'
import { reportRun } from './loss-runs.ts'
import { OperationsKernel } from './operations-kernel.ts'
import type { BatchTensors } from './primitives.ts'

/** An output that is computed, and how to go back from it. */
export interface ForwardPass {
  /** The output, of rank 2. */
  readonly output: tf.Tensor
  /** The tensors that `backward` needs. */
  readonly saved: tf.Tensor[]
  /** The derivative of `Σ seed · output` with respect to the logits, [B, C]. */
  backward(seed: tf.Tensor, saved: readonly tf.Tensor[]): tf.Tensor
}

/** Computes one output of a loss and its derivative on a backend. Runs inside `tf.customGrad`, so nothing has to be tidied. */
export interface LossKernel {
  forward(batch: BatchTensors): ForwardPass
  /** Frees what the kernel keeps between batches. */
  dispose(): void
}

/** The backends whose tensors lie in main memory, where a fused kernel beats their operations. */
const backendsInMainMemory = ['cpu', 'wasm']

/** A fused kernel where there is one, and operations of TensorFlow.js elsewhere. */
class ChosenKernel implements LossKernel {
  readonly #operations: OperationsKernel
  readonly #fused: FusedKernel

  constructor(loss: Loss, output: LossOutput) {
    this.#operations = new OperationsKernel(loss, output)
    this.#fused = new FusedKernel(loss, output)
  }

  /** Logits that are not finite, and whatever else a kernel refuses, go through the operations: they have a result for it. */
  forward(batch: BatchTensors): ForwardPass {
    if (!backendsInMainMemory.includes(tf.getBackend())) return this.#operations.forward(batch)
    try {
      const pass = this.#fused.forward(batch)
      reportRun({ isFused: true })
      return pass
    } catch (error) {
      if (!isDblossError(error)) throw error
      reportRun({ isFused: false, reason: error.message })
      return this.#operations.forward(batch)
    }
  }

  dispose(): void {
    this.#operations.dispose()
    this.#fused.dispose()
  }
}

/**
 * The kernel of an output of a loss, for every backend.
 *
 * @throws DblossError `argument` when the loss does not have the output.
 */
export function createKernel(loss: Loss, output: LossOutput): LossKernel {
  return new ChosenKernel(loss, output)
}
