import { gatherClasses, type Loss, type NegativeClassSampler, scatterClasses } from '@dbloss/core'
import { compileKernel, type Kernel } from '@dbloss/wasm'
import { adagradStep, type ClassRows, computeLogits } from './linear-head.ts'
import type { Samples } from './long-tailed-data.ts'

/** Trains a head on the classes that a sampler draws for each batch. */
export class SampledTraining {
  readonly head: ClassRows
  readonly #sampler: NegativeClassSampler
  readonly #loss: Loss
  readonly #learningRate: number
  /** A kernel is made for one number of classes; the sampler's padding keeps these few. */
  readonly #kernels = new Map<number, Kernel>()

  constructor(head: ClassRows, sampler: NegativeClassSampler, loss: Loss, learningRate: number) {
    this.head = head
    this.#sampler = sampler
    this.#loss = loss
    this.#learningRate = learningRate
  }

  /** A step on some samples; gives the number of classes that it computed. */
  step(samples: Samples): number {
    const { weights, squares, width } = this.head
    const { classes, labels, batchSize, inputs } = this.#sampler.sample(samples.labels)
    const rows: ClassRows = {
      weights: gatherClasses(weights, classes, width),
      squares: gatherClasses(squares, classes, width),
      width,
    }
    const kernel = this.#kernelFor(classes.length)
    const { logits, gradient } = kernel.arrays(batchSize)
    computeLogits(rows, samples.features, logits)
    kernel.evaluate(logits, labels, gradient, { inputs })
    adagradStep(rows, samples.features, gradient!, this.#learningRate)
    scatterClasses(weights, classes, rows.weights)
    scatterClasses(squares, classes, rows.squares)
    return classes.length
  }

  #kernelFor(classCount: number): Kernel {
    const known = this.#kernels.get(classCount)
    if (known !== undefined) return known
    const kernel = compileKernel(this.#loss, { classCount, labels: 'hard' })
    this.#kernels.set(classCount, kernel)
    return kernel
  }
}
