import { defineLoss } from '../../define-loss.ts'
import { add, classVector, named } from '../../formula/build.ts'
import type { LabelStatistics } from '../../labels/index.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { requireCounts } from '../require-counts.ts'
import { softmaxCrossEntropy } from '../softmax-cross-entropy.ts'

/** Options of {@link balancedSoftmaxLoss}. */
export interface BalancedSoftmaxOptions {
  /** How rows become one number. Default `mean`, over the rows. */
  readonly reduction?: Reduction
}

/**
 * Balanced softmax, a number a row: `ℓ = Σ_i y_i · −log(n_i e^{z_i} / Σ_j n_j e^{z_j})`, computed as softmax cross-entropy on
 * `z_i + log n_i`. log n and log π differ by a constant, which softmax does not see: it is {@link logitAdjustedSoftmaxLoss}
 * with τ = 1, and what is said there of rows with several labels, without any, and of thresholds holds here.
 *
 * @param statistics - of the training set before any re-sampling.
 * @param options - reduction `mean`.
 * @throws DblossError `statistics` when a class has no positive sample.
 * @see Ren et al., Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020. The meta-sampler of
 * the paper is not part of it.
 */
export function balancedSoftmaxLoss(
  statistics: LabelStatistics,
  { reduction = 'mean' }: BalancedSoftmaxOptions = {},
): Loss {
  const logarithms = classVector('logCounts', requireCounts(statistics).map(Math.log), '\\log n')
  return defineLoss({
    name: 'balanced-softmax',
    reference: 'Ren et al., NeurIPS 2020, arXiv 2007.10740',
    statistics,
    reduction,
    formula: ({ logits, labels, isUnknown }) =>
      softmaxCrossEntropy({ logits: named("z'", add(logits, logarithms)), labels, isUnknown }),
  })
}
