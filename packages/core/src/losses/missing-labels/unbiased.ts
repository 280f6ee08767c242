import { defineLoss } from '../../define-loss.ts'
import { add, classVector, divide, multiply, subtract } from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'
import { requirePropensities } from '../../labels/require-propensities.ts'
import type { Loss } from '../../loss.ts'
import { crossEntropySides, type Sides } from '../sides.ts'
import type { PropensityLossOptions } from './propensity-loss-options.ts'

/**
 * `(y/p) (ℓ⁺ − ℓ⁻) + ℓ⁻`: the cost of observed labels whose mean over what is missing is the cost of the true labels, which
 * {@link costOfLabels} gives.
 *
 * @param propensity - p, the probability that a true label is observed; above 0 and at most 1.
 */
export function unbiasedCost(labels: Expression, { positive, negative }: Sides, propensity: Expression): Expression {
  return add(multiply(divide(labels, propensity), subtract(positive, negative)), negative)
}

/**
 * The unbiased loss for missing labels: binary cross-entropy whose mean over the labels that are missing is that of the true
 * labels, where a true label of class i is observed with the probability p_i, one by one, and read as 0 otherwise:
 *
 *     (y_i / p_i) (ℓ⁺ − ℓ⁻) + ℓ⁻      ℓ⁺ = log(1 + e^{−z_i})      ℓ⁻ = log(1 + e^{z_i})
 *
 * Since ℓ⁺ − ℓ⁻ = −z, it is cross-entropy with the target y/p. At p = 1 it is binary cross-entropy. Where p < 1 it can be
 * negative and **is not bounded below**: at an observed label it falls as −(1/p − 1) z without end, so a model that can tell
 * its training samples apart has no optimum. Stop early, regularise, or take {@link upperBoundLoss}.
 *
 * A label that is unknown (−1) is left out: that is a label of which it is known that nobody looked. Soft labels count by
 * their share, as the formula is linear in y.
 *
 * @param propensities - p, [C], each above 0 and at most 1: known ones, or those of `labelPropensities(statistics)`.
 * @param options - reduction `mean`.
 * @throws DblossError `argument` for a propensity outside (0, 1], `shape` for none.
 * @see Schultheis and Babbar, Unbiased Loss Functions for Multilabel Classification with Missing Labels, arXiv 2109.11282; the
 * formula is that of the code which the authors published (xmc-aalto/missing-labels-tmlr, train/losses.py).
 */
export function unbiasedLoss(
  propensities: ArrayLike<number>,
  { reduction = 'mean' }: PropensityLossOptions = {},
): Loss {
  const p = requirePropensities(propensities)
  return defineLoss({
    name: 'unbiased',
    reference: 'Schultheis and Babbar, arXiv 2109.11282',
    parameters: { propensities: p },
    classCount: p.length,
    reduction,
    formula: ({ logits, labels }) =>
      unbiasedCost(labels, crossEntropySides(logits), classVector('propensities', p, 'p')),
  })
}
