import { labelPropensities } from '../../labels/label-propensities.ts'
import type { Loss } from '../../loss.ts'
import type { LossRegistry } from '../registry.ts'
import { normalizedPickAllLabelsLoss } from './normalized-pick-all-labels.ts'
import { pickAllLabelsLoss } from './pick-all-labels.ts'
import type { PropensityLossOptions } from './propensity-loss-options.ts'
import { unbiasedLoss } from './unbiased.ts'
import { upperBoundLoss } from './upper-bound.ts'

interface RecordedOptions extends PropensityLossOptions {
  readonly propensities: readonly number[]
}

const fromRecord =
  (create: (propensities: readonly number[], options: PropensityLossOptions) => Loss) =>
  ({ propensities, ...options }: RecordedOptions): Loss =>
    create(propensities, options)

/** The losses of this folder by name, and from their records. */
export const missingLabelsRegistry = {
  named: {
    unbiased: {
      title: 'Unbiased',
      summary: 'binary cross-entropy that corrects for missing labels; unbounded below, so stop early',
      create: (statistics) => unbiasedLoss(labelPropensities(statistics)),
    },
    'upper-bound': {
      title: 'Upper bound',
      summary: 'the convex upper bound of the unbiased loss for missing labels',
      create: (statistics) => upperBoundLoss(labelPropensities(statistics)),
    },
    'pick-all-labels': {
      title: 'Pick-all-labels',
      summary:
        'softmax cross-entropy of every label, unbiased where labels are missing; for ranking, without thresholds',
      create: (statistics) => pickAllLabelsLoss(labelPropensities(statistics)),
    },
  },
  withStatistics: {},
  withoutStatistics: {
    unbiased: /* @__PURE__ */ fromRecord(unbiasedLoss),
    'upper-bound': /* @__PURE__ */ fromRecord(upperBoundLoss),
    'pick-all-labels': /* @__PURE__ */ fromRecord(pickAllLabelsLoss),
    'normalized-pick-all-labels': /* @__PURE__ */ fromRecord(normalizedPickAllLabelsLoss),
  },
} as const satisfies LossRegistry
