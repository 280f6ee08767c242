import { defineLoss } from '../../define-loss.ts'
import { add, less, log, negate, select, softplus, subtract } from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { logSumExpWhere } from '../log-sum-exp-over.ts'

/** Options of {@link zlprLoss}. */
export interface ZlprOptions {
  /** How rows become one number. Default `mean`, over the rows. */
  readonly reduction?: Reduction
}

/**
 * ZLPR (zero-bounded log-sum-exp and pairwise rank-based), a number a row: every positive should score above 0 and above every
 * negative, every negative below 0,
 *
 *     ℓ = log(1 + Σ_i (1 − y_i) e^{z_i}) + log(1 + Σ_i y_i e^{−z_i})
 *
 * With hard labels the sums are over the negatives and over the positives; soft labels weigh the terms, as the authors
 * generalise it. A row without positives keeps the first term, one without negatives the second. Unknown labels are in neither.
 *
 * The threshold is 0. How z becomes a probability depends on the labels: with one class the loss is smallest at σ(2z) = y for a
 * soft label y, while for hard labels it is binary cross-entropy, smallest at σ(z) = P(y = 1). Works with any number of classes.
 *
 * @see Su et al., ZLPR: A Novel Loss for Multi-Label Classification, 2022; both forms were checked in the first author's own
 * notes (kexue.fm 7359 and 9064), from which the paper was made.
 */
export function zlprLoss({ reduction = 'mean' }: ZlprOptions = {}): Loss {
  return defineLoss({
    name: 'zlpr',
    reference: 'Su et al., 2022, arXiv 2208.02955',
    reduction,
    formula: ({ logits, labels, isUnknown }) =>
      add(
        softplus(logWeightedSum(select(isUnknown, 0, subtract(1, labels)), logits)),
        softplus(logWeightedSum(labels, negate(logits))),
      ),
  })
}

/** `log Σ w e^x` over the classes, [B, 1]; the weight is in the exponent, so that nothing overflows. */
function logWeightedSum(weights: Expression, exponents: Expression): Expression {
  return logSumExpWhere(less(0, weights), add(exponents, log(weights)), 'classes')
}
