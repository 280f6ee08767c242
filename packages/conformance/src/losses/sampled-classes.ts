import { sampledLogisticLoss, sampledSoftmaxLoss } from '@dbloss/core'
import type { ConformanceBatch } from '../data.ts'
import { type LossCase, lossCase } from './loss-case.ts'

/** Some classes were not drawn, others once or twice; the weights are exact in float32, and every row has a negative. */
function sampledInputs({ labels, batchSize, statistics }: ConformanceBatch): Readonly<Record<string, Float32Array>> {
  const classCount = labels.length / batchSize
  return {
    negativeWeights: Float32Array.from({ length: classCount }, (_, index) => ((index + 2) % 3) * (0.5 + index / 4)),
    logPriors: Float32Array.from({ length: classCount }, (_, index) =>
      Math.log(statistics.classCounts[index]! / statistics.sampleCount),
    ),
  }
}

/** The losses of this group. */
export const sampledClassesCases: readonly LossCase[] = [
  lossCase('Sampled softmax, τ 1', (_, options) => sampledSoftmaxLoss({ tau: 1, ...options }), {
    inputs: sampledInputs,
  }),
  lossCase('Sampled logistic', (_, options) => sampledLogisticLoss(options), { inputs: sampledInputs }),
  lossCase('Sampled logistic, τ 1', (_, options) => sampledLogisticLoss({ tau: 1, ...options }), {
    inputs: sampledInputs,
  }),
]
