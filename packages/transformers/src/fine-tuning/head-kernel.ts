import { isDblossError, type Loss } from '@dbloss/core'
import type { LossKernel } from '@dbloss/onnx-training'
import { compileKernel } from '@dbloss/wasm'

/**
 * The kernel that computes the loss of a head's training, some times as fast as the graph of single operations. Nothing where
 * WebAssembly has no SIMD: the graph then computes the loss, and results differ in the last bits.
 *
 * @param loss - its labels are 0 or 1, as lists of indices give them.
 */
export function headKernel(loss: Loss, classCount: number): LossKernel | undefined {
  // The trainer refuses a loss of other classes.
  if (loss.classCount !== undefined && loss.classCount !== classCount) return undefined
  try {
    return compileKernel(loss, { classCount, labels: 'hard' })
  } catch (error) {
    if (isDblossError(error) && error.code === 'runtime') return undefined
    throw error
  }
}
