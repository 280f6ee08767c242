import { checkNumber } from '../../check-number.ts'
import { defineLoss } from '../../define-loss.ts'
import { add, multiply, named, parameter, sigmoid, subtract } from '../../formula/build.ts'
import { CLASSES } from '../../formula/extent.ts'
import type { Expression } from '../../formula/nodes.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { costOfLabels, crossEntropySides, type Sides } from '../sides.ts'
import { type GradientBalance, gradientRatioSource } from './gradient-ratio-source.ts'

/** Options of {@link equalizationLossV2}. */
export interface EqualizationV2Options {
  /** γ > 0, the steepness of the map from g to the weights. Default 12. */
  readonly gamma?: number
  /** μ, the ratio g at which negatives weigh ½. Default 0.8. */
  readonly mu?: number
  /** α ≥ 0, how much more positives may weigh. Default 4. */
  readonly alpha?: number
  /** Default `batchmean`, the sum over the classes divided by the rows, as in the released code. */
  readonly reduction?: Reduction
}

/**
 * Equalization loss v2: binary cross-entropy that keeps the gradients of positives and negatives of each class in balance.
 *
 *     y_j q_j softplus(−z_j) + (1 − y_j) r_j softplus(z_j)
 *     r_j = f(g_j)      q_j = 1 + α (1 − f(g_j))      f(x) = σ(γ (x − μ))
 *
 * g_j, the input `gradientRatios` [1, C], is the gradient of the positives of class j over that of its negatives, both
 * accumulated over the training: `loss.inputSource` keeps the sums, and each step has to be observed. Classes of which
 * nothing is known yet have f = 1, plain binary cross-entropy.
 *
 * Checked against the authors' released code: the weights and parameters, the reduction, that |σ(z) − y| is accumulated times
 * the weight it had in the loss, and that the first step is unweighted. Classes are weighted one by one, so rows with several
 * labels need no adaptation; soft labels share both sides. The further output for objectness, always of weight 1 there, is
 * left out: it belongs to detectors.
 *
 * @param options - γ 12, μ 0.8, α 4, reduction `batchmean`. Works with any number of classes.
 * @throws DblossError `argument` for numbers out of range.
 * @see Tan et al., Equalization Loss v2: A New Gradient Balance Approach for Long-tailed Object Detection, CVPR 2021.
 */
export function equalizationLossV2({
  gamma = 12,
  mu = 0.8,
  alpha = 4,
  reduction = 'batchmean',
}: EqualizationV2Options = {}): Loss {
  checkNumber('gamma', gamma, { above: 0 })
  checkNumber('mu', mu)
  checkNumber('alpha', alpha, { minimum: 0 })
  const balance = { gamma, mu, alpha }
  return defineLoss({
    name: 'equalization-v2',
    reference: 'Tan et al., CVPR 2021, arXiv 2012.08548',
    parameters: balance,
    reduction,
    inputs: { gradientRatios: CLASSES },
    inputSource: (options) => gradientRatioSource(balance, options),
    formula: ({ logits, labels, inputs }) =>
      costOfLabels(labels, balancedSides(logits, inputs.gradientRatios!, balance)),
  })
}

/** The two costs of binary cross-entropy, weighted by the ratio of their gradients. */
function balancedSides(logits: Expression, gradientRatios: Expression, { gamma, mu, alpha }: GradientBalance): Sides {
  const g = named('g', gradientRatios)
  const r = named('r', sigmoid(multiply(parameter('\\gamma', gamma), subtract(g, parameter('\\mu', mu)))))
  const q = named('q', add(1, multiply(parameter('\\alpha', alpha), subtract(1, r))))
  const { positive, negative } = crossEntropySides(logits)
  return { positive: multiply(q, positive), negative: multiply(r, negative) }
}
