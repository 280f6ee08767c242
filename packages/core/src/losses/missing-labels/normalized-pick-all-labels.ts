import { defineLoss } from '../../define-loss.ts'
import { add, classVector, divide, named, subtract, sum } from '../../formula/build.ts'
import { requirePropensities } from '../../labels/require-propensities.ts'
import type { Loss } from '../../loss.ts'
import { softmaxCrossEntropy } from '../softmax-cross-entropy.ts'
import type { PropensityLossOptions } from './propensity-loss-options.ts'

/**
 * The normalised pick-all-labels loss for missing labels, a number a row: softmax cross-entropies of the observed labels, in
 * the place of their mean over the true labels, whose number is not known:
 *
 *     Σ_i w_i (log Σ_j e^{z_j} − z_i)      w_i = (y_i / p_i) / (1 + Σ_{j ≠ i} y_j / p_j)
 *
 * Normalised losses are what recall asks for. This one is **biased**: for samples with several true labels its mean over the
 * missing ones is above the loss of the true labels (Jensen's inequality: 1/(1 + s) is convex in s, whose mean is right). The
 * unbiased form sums over subsets with weights of both signs, and has so much variance that the authors bound it. For samples
 * with one true label, and at p = 1, it is exact. A row without labels costs 0.
 *
 * Classes whose label is unknown (−1) are left out, of the softmax too. For soft labels, which the paper has not, the formula
 * is read as it stands.
 *
 * @param propensities - p, [C], each above 0 and at most 1: known ones, or those of `labelPropensities(statistics)`.
 * @param options - reduction `mean`, over the rows.
 * @throws DblossError `argument` for a propensity outside (0, 1], `shape` for none.
 * @see Schultheis and Babbar, Unbiased Loss Functions for Multilabel Classification with Missing Labels, arXiv 2109.11282; the
 * formula is that of the code which the authors published (xmc-aalto/missing-labels-tmlr, train/losses.py).
 */
export function normalizedPickAllLabelsLoss(
  propensities: ArrayLike<number>,
  { reduction = 'mean' }: PropensityLossOptions = {},
): Loss {
  const p = requirePropensities(propensities)
  return defineLoss({
    name: 'normalized-pick-all-labels',
    reference: 'Schultheis and Babbar, arXiv 2109.11282',
    parameters: { propensities: p },
    classCount: p.length,
    reduction,
    formula: ({ logits, labels, isUnknown }) => {
      const shares = divide(labels, classVector('propensities', p, 'p'))
      const others = subtract(sum(shares, 'classes'), shares)
      return softmaxCrossEntropy({ logits, labels: named('w', divide(shares, add(1, others))), isUnknown })
    },
  })
}
