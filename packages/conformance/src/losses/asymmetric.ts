import { asymmetricLoss, hillLoss } from '@dbloss/core'
import { type LossCase, lossCase } from './loss-case.ts'

/** The losses of this group. */
export const asymmetricCases: readonly LossCase[] = [
  lossCase('ASL', (_, options) => asymmetricLoss(options)),
  lossCase('ASL, γ₋ 0.5, detached', (_, options) =>
    asymmetricLoss({ gammaPositive: 0, gammaNegative: 0.5, detachFocal: true, ...options }),
  ),
  lossCase('Hill', (_, options) => hillLoss(options)),
]
