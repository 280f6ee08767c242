import { defineLoss } from '../define-loss.ts'
import { multiply } from '../formula/build.ts'
import type { LabelStatistics } from '../labels/index.ts'
import type { Loss } from '../loss.ts'
import { type CommonOptions, commonRecord } from './options.ts'
import { type RebalancedOptions, rebalancedWeights, resolveRebalancing } from './rebalanced-weights.ts'
import { type FocalOptions, focalRecord, resolveFocal, twoSidedLoss } from './two-sided.ts'
import { normalizeWeights, type WeightNormalization } from './weight-normalization.ts'

/** Options of {@link rebalancedLoss}. */
export interface RebalancedLossOptions extends CommonOptions, RebalancedOptions, FocalOptions {
  /** Default `none`. */
  readonly weightNormalization?: WeightNormalization
}

/**
 * Re-balanced binary cross-entropy (R-BCE; R-BCE-Focal with γ > 0): `w_i · BCE(z_i, y_i)` with the re-balanced weights
 * `w_i = α + σ(β (r_i − μ))`, `r_i = (1/n_i) / Σ_j y_j / n_j`.
 *
 * @param statistics - of the training set before any re-sampling.
 * @param options - α 0.1, β 10, μ `auto`, γ 0, balance 2 (1 for γ = 0), reduction `mean`.
 * @throws DblossError `statistics` when a class has no positive sample, or μ is `auto` without label sets; `argument` for
 * numbers out of range.
 * @see Wu et al., Distribution-Balanced Loss for Multi-Label Classification in Long-Tailed Datasets, ECCV 2020, section 3.1.
 */
export function rebalancedLoss(
  statistics: LabelStatistics,
  { reduction = 'mean', hardLabels = false, weightNormalization = 'none', ...options }: RebalancedLossOptions = {},
): Loss {
  const rebalancing = resolveRebalancing(statistics, options)
  const focal = resolveFocal(options)
  return defineLoss({
    name: 'rebalanced',
    reference: 'Wu et al., ECCV 2020, arXiv 2007.09654, section 3.1',
    parameters: { ...rebalancing, ...focalRecord(focal), weightNormalization, ...commonRecord({ hardLabels }) },
    statistics,
    reduction,
    formula: ({ logits, labels, isUnknown }) => {
      const weights = rebalancedWeights(labels, statistics, rebalancing)
      return multiply(
        normalizeWeights(weights, weightNormalization, isUnknown),
        twoSidedLoss({ logits, labels, focal, hardLabels }),
      )
    },
  })
}
