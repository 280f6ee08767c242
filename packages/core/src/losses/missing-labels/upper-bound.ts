import { defineLoss } from '../../define-loss.ts'
import { add, classVector, divide, multiply, subtract } from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'
import { requirePropensities } from '../../labels/require-propensities.ts'
import type { Loss } from '../../loss.ts'
import { crossEntropySides, type Sides } from '../sides.ts'
import type { PropensityLossOptions } from './propensity-loss-options.ts'

/**
 * `y (2/p − 1) ℓ⁺ + (1 − y) ℓ⁻`: bounded below and convex where ℓ⁺ and ℓ⁻ are. For sides that are not negative its mean over
 * what is missing is above the cost of the true labels, by (1 − p)(ℓ⁺ + ℓ⁻) at a true label.
 *
 * @param propensity - p, the probability that a true label is observed; above 0 and at most 1.
 */
export function upperBoundCost(labels: Expression, { positive, negative }: Sides, propensity: Expression): Expression {
  const weight = subtract(divide(2, propensity), 1)
  return add(multiply(labels, weight, positive), multiply(subtract(1, labels), negative))
}

/**
 * The convex upper bound of {@link unbiasedLoss}: binary cross-entropy whose positives count 2/p − 1:
 *
 *     y_i (2/p_i − 1) log(1 + e^{−z_i}) + (1 − y_i) log(1 + e^{z_i})
 *
 * It is biased, in exchange for less variance and a lower bound of 0: its mean over the missing labels is the loss of the true
 * labels plus (1 − p)(ℓ⁺ + ℓ⁻) at each true label. At p = 1 it is binary cross-entropy.
 *
 * Unknown labels (−1) are left out. Soft labels count by their share, as the formula is linear in y.
 *
 * @param propensities - p, [C], each above 0 and at most 1: known ones, or those of `labelPropensities(statistics)`.
 * @param options - reduction `mean`.
 * @throws DblossError `argument` for a propensity outside (0, 1], `shape` for none.
 * @see Qaraei et al., Convex Surrogates for Unbiased Loss Functions in Extreme Classification With Missing Labels, WWW 2021;
 * Schultheis and Babbar, arXiv 2109.11282. The formula is that of the code which the authors of the latter published
 * (xmc-aalto/missing-labels-tmlr, train/losses.py).
 */
export function upperBoundLoss(
  propensities: ArrayLike<number>,
  { reduction = 'mean' }: PropensityLossOptions = {},
): Loss {
  const p = requirePropensities(propensities)
  return defineLoss({
    name: 'upper-bound',
    reference: 'Qaraei et al., WWW 2021; Schultheis and Babbar, arXiv 2109.11282',
    parameters: { propensities: p },
    classCount: p.length,
    reduction,
    formula: ({ logits, labels }) =>
      upperBoundCost(labels, crossEntropySides(logits), classVector('propensities', p, 'p')),
  })
}
