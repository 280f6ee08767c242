import { defineLoss } from '../define-loss.ts'
import { multiply } from '../formula/build.ts'
import type { LabelStatistics } from '../labels/index.ts'
import type { Loss } from '../loss.ts'
import { type ClassBalancedMode, classBalancedWeights } from './class-balanced-weights.ts'
import { type NegativeTolerantOptions, negativeTolerantLogits, resolveTolerance } from './negative-tolerant-logits.ts'
import { type CommonOptions, commonRecord } from './options.ts'
import { type FocalOptions, focalRecord, resolveFocal, twoSidedLoss } from './two-sided.ts'
import { normalizeWeights, type WeightNormalization } from './weight-normalization.ts'

/** Options of {@link classBalancedLoss}. */
export interface ClassBalancedOptions extends CommonOptions, FocalOptions {
  /** β of the effective number of samples, in [0, 1). Default 0.9. */
  readonly beta?: number
  /** Default `by-class`. */
  readonly mode?: ClassBalancedMode
  /** Adds the negative-tolerant shift and scale (CB-NTR); `{}` for its defaults. Default: none. */
  readonly negativeTolerant?: NegativeTolerantOptions
  /** Default `none`. */
  readonly weightNormalization?: WeightNormalization
}

/**
 * Class-balanced loss (CB-Focal; CB-NTR with `negativeTolerant`): the focal loss of each element times
 * `(1 − β) / (1 − βⁿ)`, the inverse of the effective number of samples of its class or row.
 *
 * @param statistics - of the training set before any re-sampling.
 * @param options - β 0.9, mode `by-class`, γ 2, balance 2 (1 for γ = 0), reduction `mean`.
 * @throws DblossError `statistics` when a class has no positive sample; `argument` for numbers out of range.
 * @see Cui et al., Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019.
 */
export function classBalancedLoss(
  statistics: LabelStatistics,
  {
    reduction = 'mean',
    hardLabels = false,
    weightNormalization = 'none',
    beta = 0.9,
    mode = 'by-class',
    negativeTolerant,
    ...options
  }: ClassBalancedOptions = {},
): Loss {
  const tolerance = negativeTolerant && resolveTolerance(negativeTolerant)
  const focal = resolveFocal({ gamma: 2, ...options })
  return defineLoss({
    name: 'class-balanced',
    reference: 'Cui et al., CVPR 2019, arXiv 1901.05555',
    parameters: {
      beta,
      mode,
      ...(tolerance === undefined ? {} : { negativeTolerant: tolerance }),
      ...focalRecord(focal),
      weightNormalization,
      ...commonRecord({ hardLabels }),
    },
    statistics,
    reduction,
    formula: ({ logits, labels, isUnknown }) => {
      const weights = classBalancedWeights(labels, statistics, { beta, mode })
      const shifted = tolerance === undefined ? logits : negativeTolerantLogits(logits, statistics, tolerance)
      return multiply(
        normalizeWeights(weights, weightNormalization, isUnknown),
        twoSidedLoss({ logits: shifted, labels, lambda: tolerance?.lambda ?? 1, focal, hardLabels }),
      )
    },
  })
}
