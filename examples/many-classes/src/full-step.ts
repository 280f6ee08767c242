import { binaryCrossEntropy } from '@dbloss/core'
import { compileKernel, type Kernel } from '@dbloss/wasm'
import { adagradStep, type ClassRows, computeLogits } from './linear-head.ts'
import type { Samples } from './long-tailed-data.ts'

/** The kernel of {@link fullStep}. */
export function fullKernel(classCount: number): Kernel {
  return compileKernel(binaryCrossEntropy({ reduction: 'batchmean', hardLabels: true }), { classCount, labels: 'hard' })
}

/** The same step over all classes, by the same functions: what negative sampling stands for. */
export function fullStep(kernel: Kernel, head: ClassRows, samples: Samples, learningRate: number): void {
  const { logits, labels, gradient } = kernel.arrays(samples.labels.length)
  labels.fill(0)
  samples.labels.forEach((classes, row) => {
    for (const index of classes) labels[row * kernel.classCount + index] = 1
  })
  computeLogits(head, samples.features, logits)
  kernel.evaluate(logits, labels, gradient)
  adagradStep(head, samples.features, gradient!, learningRate)
}
