import { checkNumber } from '../../check-number.ts'
import { defineLoss } from '../../define-loss.ts'
import { add, classVector, multiply, named, parameter } from '../../formula/build.ts'
import type { LabelStatistics } from '../../labels/index.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { softmaxCrossEntropy } from '../softmax-cross-entropy.ts'
import { logPriors } from './log-priors.ts'

/** Options of {@link logitAdjustedSoftmaxLoss}. */
export interface LogitAdjustedSoftmaxOptions {
  /** τ, the strength of the adjustment; 0 is plain softmax cross-entropy. Default 1. */
  readonly tau?: number
  /** How rows become one number. Default `mean`, over the rows. */
  readonly reduction?: Reduction
}

/**
 * Logit-adjusted softmax cross-entropy, a number a row:
 *
 *     ℓ = Σ_i y_i (log Σ_j e^{z′_j} − z′_i)      z′_i = z_i + τ log π_i      π_i = n_i / Σ_j n_j
 *
 * For rows with one label it is the paper's. With several it is the sum of −log softmax over the labels, an adaptation: a row
 * counts once for each label, which is what makes π the class prior. A row without positives costs 0. Classes that are
 * unknown in a row are left out of its sum.
 *
 * It ranks classes: σ(z) is no probability after this loss, and a threshold at 0 has no meaning. The shift is for training only;
 * rank by z itself.
 *
 * @param statistics - of the training set before any re-sampling.
 * @param options - τ 1, reduction `mean`.
 * @throws DblossError `statistics` when a class has no positive sample; `argument` for τ < 0.
 * @see Menon et al., Long-Tail Learning via Logit Adjustment, ICLR 2021, section on the logit-adjusted loss.
 */
export function logitAdjustedSoftmaxLoss(
  statistics: LabelStatistics,
  { tau = 1, reduction = 'mean' }: LogitAdjustedSoftmaxOptions = {},
): Loss {
  checkNumber('tau', tau, { minimum: 0 })
  const logarithms = classVector('logPriors', logPriors(statistics), '\\log \\pi')
  return defineLoss({
    name: 'logit-adjusted-softmax',
    reference: 'Menon et al., ICLR 2021, arXiv 2007.07314',
    parameters: { tau },
    statistics,
    reduction,
    formula: ({ logits, labels, isUnknown }) => {
      const adjusted = named("z'", add(logits, multiply(parameter('\\tau', tau), logarithms)))
      return softmaxCrossEntropy({ logits: adjusted, labels, isUnknown })
    },
  })
}
