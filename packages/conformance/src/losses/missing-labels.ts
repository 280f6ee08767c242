import {
  labelPropensities,
  normalizedPickAllLabelsLoss,
  pickAllLabelsLoss,
  unbiasedLoss,
  upperBoundLoss,
} from '@dbloss/core'
import { type LossCase, lossCase } from './loss-case.ts'

/** The losses of this group. */
export const missingLabelsCases: readonly LossCase[] = [
  lossCase('Unbiased', (statistics, options) => unbiasedLoss(labelPropensities(statistics), options)),
  lossCase('Upper bound', (statistics, options) => upperBoundLoss(labelPropensities(statistics), options)),
  lossCase('Pick-all-labels', (statistics, options) => pickAllLabelsLoss(labelPropensities(statistics), options)),
  lossCase('Pick-all-labels, normalised', (statistics, options) =>
    normalizedPickAllLabelsLoss(labelPropensities(statistics), options),
  ),
]
