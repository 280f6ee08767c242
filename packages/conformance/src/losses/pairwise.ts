import { twoWayLoss, zlprLoss } from '@dbloss/core'
import { type LossCase, lossCase } from './loss-case.ts'

/** Losses that compare the scores of positives and negatives. */
export const pairwiseCases: readonly LossCase[] = [
  lossCase('ZLPR', (_, options) => zlprLoss(options)),
  lossCase('Two-way', (_, { reduction }) => twoWayLoss({ reduction: reduction === 'sum' ? 'sum' : 'mean' }), {
    reductions: ['mean', 'sum'],
  }),
]
