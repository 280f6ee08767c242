import { defineLoss } from '../define-loss.ts'
import { multiply } from '../formula/build.ts'
import type { LabelStatistics } from '../labels/index.ts'
import type { Loss } from '../loss.ts'
import { type NegativeTolerantOptions, negativeTolerantLogits, resolveTolerance } from './negative-tolerant-logits.ts'
import { type CommonOptions, commonRecord } from './options.ts'
import { type RebalancedOptions, rebalancedWeights, resolveRebalancing } from './rebalanced-weights.ts'
import { type FocalOptions, focalRecord, resolveFocal, twoSidedLoss } from './two-sided.ts'
import { normalizeWeights, type WeightNormalization } from './weight-normalization.ts'

/** Options of {@link distributionBalancedLoss}. */
export interface DistributionBalancedOptions
  extends CommonOptions,
    RebalancedOptions,
    NegativeTolerantOptions,
    FocalOptions {
  /** Default `none`. */
  readonly weightNormalization?: WeightNormalization
}

/**
 * Distribution-Balanced loss (DB-Focal; DB with `gamma: 0`):
 *
 *     w_i · [ y_i f(−z′_i) + (1 − y_i)/λ · f(λ z′_i) ]      f(u) = balance · σ(u)^γ · softplus(u)
 *     w_i = α + σ(β (r_i − μ))      r_i = (1/n_i) / Σ_j y_j / n_j
 *     z′_i = z_i − ν_i              ν_i = −κ logit(p_i)
 *
 * Logits are raw; shift and scale are for training only, and inference is σ(z).
 *
 * @param statistics - of the training set before any re-sampling.
 * @param options - α 0.1, β 10, μ `auto`, λ 2, κ 0.05, γ 2, balance 2 (1 for γ = 0), variant `paper`, reduction `mean`.
 * @throws DblossError `statistics` when a class is never or always present, or μ is `auto` without label sets; `argument`
 * for numbers out of range.
 * @see Wu et al., Distribution-Balanced Loss for Multi-Label Classification in Long-Tailed Datasets, ECCV 2020.
 */
export function distributionBalancedLoss(
  statistics: LabelStatistics,
  {
    reduction = 'mean',
    hardLabels = false,
    weightNormalization = 'none',
    ...options
  }: DistributionBalancedOptions = {},
): Loss {
  const rebalancing = resolveRebalancing(statistics, options)
  const tolerance = resolveTolerance(options)
  const focal = resolveFocal({ gamma: 2, ...options })
  return defineLoss({
    name: 'distribution-balanced',
    reference: 'Wu et al., ECCV 2020, arXiv 2007.09654',
    parameters: {
      ...rebalancing,
      ...tolerance,
      ...focalRecord(focal),
      weightNormalization,
      ...commonRecord({ hardLabels }),
    },
    statistics,
    reduction,
    formula: ({ logits, labels, isUnknown }) => {
      const weights = rebalancedWeights(labels, statistics, rebalancing)
      return multiply(
        normalizeWeights(weights, weightNormalization, isUnknown),
        twoSidedLoss({
          logits: negativeTolerantLogits(logits, statistics, tolerance),
          labels,
          lambda: tolerance.lambda,
          focal,
          hardLabels,
        }),
      )
    },
  })
}
