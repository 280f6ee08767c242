import { balancedSoftmaxLoss, logitAdjustedSigmoidLoss, logitAdjustedSoftmaxLoss } from '@dbloss/core'
import { type LossCase, lossCase } from './loss-case.ts'

/** Logit adjustment and balanced softmax. */
export const logitAdjustmentCases: readonly LossCase[] = [
  lossCase('Logit-adjusted BCE', (statistics, options) => logitAdjustedSigmoidLoss(statistics, options)),
  lossCase('Logit-adjusted softmax', (statistics, options) => logitAdjustedSoftmaxLoss(statistics, options)),
  lossCase('Balanced softmax', (statistics, options) => balancedSoftmaxLoss(statistics, options)),
]
