import { multiLabelLogisticLoss } from '@dbloss/core'
import { type LossCase, lossCase } from './loss-case.ts'

/** The losses of this group. */
export const logisticTargetsCases: readonly LossCase[] = [
  lossCase('Logistic, Hamming', ({ classCount }, options) =>
    multiLabelLogisticLoss({ target: 'hamming', classCount, ...options }),
  ),
  lossCase('Logistic, F1 by score', ({ classCount }, options) =>
    multiLabelLogisticLoss({ target: 'f1', classCount, rowWeights: 'score', ...options }),
  ),
]
