import { asymmetricCases } from './asymmetric.ts'
import { compositionCases } from './composition.ts'
import { detectionCases } from './detection.ts'
import { distributionBalancedCases } from './distribution-balanced.ts'
import { incrementalCases } from './incremental.ts'
import { logisticTargetsCases } from './logistic-targets.ts'
import { logitAdjustmentCases } from './logit-adjustment.ts'
import type { LossCase } from './loss-case.ts'
import { marginCases } from './margin.ts'
import { missingLabelsCases } from './missing-labels.ts'
import { pairwiseCases } from './pairwise.ts'
import { sampledClassesCases } from './sampled-classes.ts'

/** Every named loss with its variants. */
export const lossCases: readonly LossCase[] = [
  ...distributionBalancedCases,
  ...compositionCases,
  ...logitAdjustmentCases,
  ...pairwiseCases,
  ...marginCases,
  ...detectionCases,
  ...missingLabelsCases,
  ...sampledClassesCases,
  ...asymmetricCases,
  ...logisticTargetsCases,
  ...incrementalCases,
]

/** The loss that checks take when any will do: every part of the Distribution-Balanced family is in it. */
export const typicalLoss: LossCase = distributionBalancedCases.find(({ name }) => name === 'DB-Focal')!
