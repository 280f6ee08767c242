import { createRandom, distributionBalancedLoss, type Loss, labelStatistics, type Reduction } from '@dbloss/core'
import type { TrainingBatch } from '../../../src/index.ts'
import { randomValues } from './random-values.ts'
import { CLASSES, FEATURES } from './small-model.ts'

const statistics = labelStatistics([[0], [0, 1], [0, 2], [1], [0], [2, 0]], { classCount: CLASSES })

/** DB-Focal over the classes of the small model. */
export function smallLoss(reduction: Reduction = 'mean'): Loss {
  return distributionBalancedLoss(statistics, { reduction })
}

/** Samples for the small model; a fifth of the labels are unknown. */
export function smallBatch(batchSize: number, seed: number) {
  const random = createRandom(seed)
  return {
    inputs: { x: randomValues(batchSize * FEATURES, seed + 1000) },
    labels: Float64Array.from({ length: batchSize * CLASSES }, () => {
      const draw = random.next()
      return draw < 0.2 ? -1 : draw < 0.5 ? 1 : 0
    }),
    batchSize,
  } satisfies TrainingBatch
}
