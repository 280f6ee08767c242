import { DblossError, isDblossError, type Loss, type LossOutput, sum } from '@dbloss/core'
import { compileKernel, type Kernel } from '@dbloss/wasm'
import * as tf from '@tensorflow/tfjs-core'
import { couplesOutputs } from './coupled-outputs.ts'
import type { ForwardPass, LossKernel } from './loss-kernel.ts'
import type { BatchTensors } from './primitives.ts'

/**
 * A loss as one fused WebAssembly kernel for each number of classes, for backends whose tensors lie in main memory. The
 * forward pass computes the gradient too, for a seed of ones; each element of it belongs to one number of the output, so that
 * the backward pass multiplies it by that number's seed.
 */
export class FusedKernel implements LossKernel {
  readonly #loss: Loss
  readonly #output: LossOutput
  readonly #isCoupled: boolean
  /** A kernel that cannot be compiled is not tried again. */
  readonly #kernels = new Map<number, Kernel | DblossError>()

  constructor(loss: Loss, output: LossOutput) {
    this.#loss = output === 'elements' ? sumOfElements(loss) : loss
    this.#output = output
    this.#isCoupled = couplesOutputs(loss, output)
  }

  /**
   * @throws DblossError `runtime` where WebAssembly with SIMD is missing, `argument` for rows or elements that depend on one
   * another's logits; as `Kernel.evaluate` for labels and logits.
   */
  forward({ inputs, batchSize, classCount }: BatchTensors): ForwardPass {
    const kernel = this.#kernelFor(classCount)
    const { logits, labels, ...further } = Object.fromEntries(
      Object.entries(inputs).map(([name, tensor]) => [name, tensor.dataSync<'float32'>()]),
    )
    const gradient = new Float32Array(batchSize * classCount)
    const shape: [number, number] = [
      this.#output === 'value' ? 1 : batchSize,
      this.#output === 'elements' ? classCount : 1,
    ]
    const result = new Float32Array(shape[0] * shape[1])
    const results = this.#output === 'value' ? {} : { [this.#output]: result }
    const value = kernel.evaluate(logits!, labels!, gradient, { inputs: further, ...results })
    if (this.#output === 'value') result[0] = value
    // The value is the mean of the rows, and the gradient is that of the value.
    const scale = this.#output === 'rows' ? batchSize : 1
    return {
      output: tf.tensor2d(result, shape),
      saved: [],
      backward: (seed) => tf.tensor2d(timesSeed(gradient, seed.dataSync<'float32'>(), scale), [batchSize, classCount]),
    }
  }

  dispose(): void {
    this.#kernels.clear()
  }

  #kernelFor(classCount: number): Kernel {
    let kernel = this.#kernels.get(classCount)
    if (kernel === undefined) {
      kernel = this.#compile(classCount)
      this.#kernels.set(classCount, kernel)
    }
    if (kernel instanceof Error) throw kernel
    return kernel
  }

  #compile(classCount: number): Kernel | DblossError {
    const { name } = this.#loss
    if (this.#isCoupled) {
      return new DblossError('argument', `the ${this.#output} of ${name} depend on one another's logits`, {
        argument: 'output',
        found: this.#output,
        expected: `${this.#output} that each have logits of their own, for a fused kernel`,
      })
    }
    try {
      return compileKernel(this.#loss, {
        classCount,
        outputs: this.#output === 'value' ? ['gradient'] : ['gradient', this.#output],
      })
    } catch (error) {
      if (isDblossError(error)) return error
      throw error
    }
  }
}

const sums = new WeakMap<Loss, Loss>()

/** The same loss with `Σ elements` as its value: its gradient is that of the elements for a seed of ones. */
function sumOfElements(loss: Loss): Loss {
  let total = sums.get(loss)
  if (total === undefined && loss.elements !== undefined) {
    total = { ...loss, value: sum(sum(loss.elements, 'classes'), 'batch') }
    sums.set(loss, total)
  }
  return total ?? loss
}

/** `scale · seed · gradient`, where each number of the seed stands for as many elements of the gradient, in order. */
function timesSeed(gradient: Float32Array, seed: Float32Array, scale: number): Float32Array {
  if (seed.every((each) => scale * each === 1)) return gradient
  const result = new Float32Array(gradient.length)
  const width = gradient.length / seed.length
  for (let index = 0, at = 0; index < seed.length; index++) {
    const factor = scale * seed[index]!
    for (const end = at + width; at < end; at++) result[at] = factor * gradient[at]!
  }
  return result
}
