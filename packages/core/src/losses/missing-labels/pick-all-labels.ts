import { defineLoss } from '../../define-loss.ts'
import { classVector, divide } from '../../formula/build.ts'
import { requirePropensities } from '../../labels/require-propensities.ts'
import type { Loss } from '../../loss.ts'
import { softmaxCrossEntropy } from '../softmax-cross-entropy.ts'
import type { PropensityLossOptions } from './propensity-loss-options.ts'

/**
 * The unbiased pick-all-labels loss for missing labels, a number a row: every observed label is the one label of a softmax
 * cross-entropy, and counts 1/p:
 *
 *     Σ_i (y_i / p_i) (log Σ_j e^{z_j} − z_i)
 *
 * Its mean over the missing labels is the loss of the true labels, Σ over them of the softmax cross-entropy, where a true label
 * of class i is observed with the probability p_i, one by one, and read as 0 otherwise. It is convex and not negative. A row
 * without labels costs 0. Logits rank classes and have no natural threshold at 0.
 *
 * Classes whose label is unknown (−1) are left out, of the softmax too. Soft labels count by their share, as the formula is
 * linear in y.
 *
 * @param propensities - p, [C], each above 0 and at most 1: known ones, or those of `labelPropensities(statistics)`.
 * @param options - reduction `mean`, over the rows.
 * @throws DblossError `argument` for a propensity outside (0, 1], `shape` for none.
 * @see Schultheis and Babbar, Unbiased Loss Functions for Multilabel Classification with Missing Labels, arXiv 2109.11282; the
 * formula is that of the code which the authors published (xmc-aalto/missing-labels-tmlr, train/losses.py). Pick-all-labels:
 * Menon et al., Multilabel reductions: what is my loss optimising?, NeurIPS 2019.
 */
export function pickAllLabelsLoss(
  propensities: ArrayLike<number>,
  { reduction = 'mean' }: PropensityLossOptions = {},
): Loss {
  const p = requirePropensities(propensities)
  return defineLoss({
    name: 'pick-all-labels',
    reference: 'Schultheis and Babbar, arXiv 2109.11282; Menon et al., NeurIPS 2019',
    parameters: { propensities: p },
    classCount: p.length,
    reduction,
    formula: ({ logits, labels, isUnknown }) =>
      softmaxCrossEntropy({ logits, labels: divide(labels, classVector('propensities', p, 'p')), isUnknown }),
  })
}
