import { ldamLoss } from '@dbloss/core'
import { type LossCase, lossCase } from './loss-case.ts'

/** Losses with margins by class. */
export const marginCases: readonly LossCase[] = [
  lossCase('LDAM', (statistics, options) => ldamLoss(statistics, options)),
  lossCase('LDAM, softmax', (statistics, options) => ldamLoss(statistics, { form: 'softmax', ...options })),
]
