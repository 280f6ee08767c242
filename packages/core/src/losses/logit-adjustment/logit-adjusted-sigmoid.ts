import { checkNumber } from '../../check-number.ts'
import { defineLoss } from '../../define-loss.ts'
import { add, multiply, named, parameter } from '../../formula/build.ts'
import type { LabelStatistics } from '../../labels/index.ts'
import type { Loss } from '../../loss.ts'
import { type CommonOptions, commonRecord } from '../options.ts'
import { priorBiasVector } from '../prior-bias.ts'
import { resolveFocal, twoSidedLoss } from '../two-sided.ts'

/** Options of {@link logitAdjustedSigmoidLoss}. */
export interface LogitAdjustedSigmoidOptions extends CommonOptions {
  /** τ, the strength of the adjustment; 0 is binary cross-entropy. Default 1. */
  readonly tau?: number
}

/**
 * Logit adjustment for labels that are decided one by one: binary cross-entropy on `z_i + τ logit(p_i)` with `p_i = n_i / N`,
 *
 *     ℓ_i = y_i softplus(−z′_i) + (1 − y_i) softplus(z′_i)      z′_i = z_i + τ b_i      b_i = logit(p_i)
 *
 * An adaptation: the paper has the softmax form only ({@link logitAdjustedSoftmaxLoss}). The shift of negative-tolerant
 * regularisation is κ b_i, so that this is {@link negativeTolerantLoss} with λ = 1 and κ = τ.
 *
 * The shift is for training only. z > 0 then means that a label is more likely than it is on average (for τ = 1), not that it is
 * more likely than not; `adjustLogits(z, statistics, { tau: -1, form: 'sigmoid' })` gives back logits whose σ is a probability.
 *
 * @param statistics - of the training set before any re-sampling.
 * @param options - τ 1, hardLabels false, reduction `mean`.
 * @throws DblossError `statistics` when a class is never or always present; `argument` for τ < 0.
 * @see Menon et al., Long-Tail Learning via Logit Adjustment, ICLR 2021, for the softmax form that it is adapted from.
 */
export function logitAdjustedSigmoidLoss(
  statistics: LabelStatistics,
  { tau = 1, hardLabels = false, reduction = 'mean' }: LogitAdjustedSigmoidOptions = {},
): Loss {
  checkNumber('tau', tau, { minimum: 0 })
  const bias = priorBiasVector(statistics)
  return defineLoss({
    name: 'logit-adjusted-sigmoid',
    reference: 'adapted from Menon et al., ICLR 2021, arXiv 2007.07314, which has the softmax form',
    parameters: { tau, ...commonRecord({ hardLabels }) },
    statistics,
    reduction,
    formula: ({ logits, labels }) =>
      twoSidedLoss({
        logits: named("z'", add(logits, multiply(parameter('\\tau', tau), bias))),
        labels,
        focal: resolveFocal({}),
        hardLabels,
      }),
  })
}
