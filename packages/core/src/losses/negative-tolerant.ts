import { defineLoss } from '../define-loss.ts'
import type { LabelStatistics } from '../labels/index.ts'
import type { Loss } from '../loss.ts'
import { type NegativeTolerantOptions, negativeTolerantLogits, resolveTolerance } from './negative-tolerant-logits.ts'
import { type CommonOptions, commonRecord } from './options.ts'
import { type FocalOptions, focalRecord, resolveFocal, twoSidedLoss } from './two-sided.ts'

/** Options of {@link negativeTolerantLoss}. */
export interface NegativeTolerantLossOptions extends CommonOptions, NegativeTolerantOptions, FocalOptions {}

/**
 * Negative-tolerant binary cross-entropy (NT-BCE, NTR; NTR-Focal with γ > 0):
 * `y · softplus(−z′) + (1 − y)/λ · softplus(λ z′)` with `z′ = z − ν`, `ν_i = −κ logit(p_i)`.
 *
 * @param statistics - of the training set before any re-sampling.
 * @param options - λ 2, κ 0.05, variant `paper`, γ 0, balance 2 (1 for γ = 0), reduction `mean`.
 * @throws DblossError `statistics` when a class is never or always present; `argument` for numbers out of range.
 * @see Wu et al., ECCV 2020, section 3.2.
 */
export function negativeTolerantLoss(
  statistics: LabelStatistics,
  { reduction = 'mean', hardLabels = false, ...options }: NegativeTolerantLossOptions = {},
): Loss {
  const tolerance = resolveTolerance(options)
  const focal = resolveFocal(options)
  return defineLoss({
    name: 'negative-tolerant',
    reference: 'Wu et al., ECCV 2020, arXiv 2007.09654, section 3.2',
    parameters: { ...tolerance, ...focalRecord(focal), ...commonRecord({ hardLabels }) },
    statistics,
    reduction,
    formula: ({ logits, labels }) =>
      twoSidedLoss({
        logits: negativeTolerantLogits(logits, statistics, tolerance),
        labels,
        lambda: tolerance.lambda,
        focal,
        hardLabels,
      }),
  })
}
