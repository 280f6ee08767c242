import { checkNumber } from '../../check-number.ts'
import { defineLoss } from '../../define-loss.ts'
import {
  add,
  log,
  maximum,
  minimum,
  multiply,
  named,
  negate,
  type Parameter,
  parameter,
  power,
  sigmoid,
  stopGradient,
  subtract,
} from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { costOfLabels, type Sides } from '../sides.ts'

/** Options of the two sides of the asymmetric loss. */
export interface AsymmetricOptions {
  /** γ₊, the focusing of positives. Default 1, as in the released code; papers that use the loss often take 0. */
  readonly gammaPositive?: number
  /** γ₋, the focusing of negatives. Default 4. */
  readonly gammaNegative?: number
  /** m, the probability up to which a negative costs nothing. Default 0.05. */
  readonly margin?: number
  /** Takes the focal factors as constants in the gradient, as the released class does by default. Default false. */
  readonly detachFocal?: boolean
}

/** Options of {@link asymmetricLoss}. */
export interface AsymmetricLossOptions extends AsymmetricOptions {
  /** Default `mean`. The paper sums: `sum`. */
  readonly reduction?: Reduction
}

/**
 * Fills in the defaults.
 *
 * @throws DblossError `argument` for a negative γ and for a margin outside [0, 1).
 */
export function resolveAsymmetry({
  gammaPositive = 1,
  gammaNegative = 4,
  margin = 0.05,
  detachFocal = false,
}: AsymmetricOptions): Required<AsymmetricOptions> {
  checkNumber('gammaPositive', gammaPositive, { minimum: 0 })
  checkNumber('gammaNegative', gammaNegative, { minimum: 0 })
  checkNumber('margin', margin, { minimum: 0, below: 1 })
  return { gammaPositive, gammaNegative, margin, detachFocal }
}

/** The sides of {@link asymmetricLoss}: `ℓ⁺ = −(1 − p)^γ₊ log p` and `ℓ⁻ = −p_m^γ₋ log(1 − p_m)`. */
export function asymmetricSides(
  z: Expression,
  { gammaPositive, gammaNegative, margin, detachFocal }: Required<AsymmetricOptions>,
): Sides {
  const p = named('p', sigmoid(z))
  const m = parameter('m', margin)
  const shifted = margin === 0 ? p : named('\\bar p', maximum(subtract(p, m), 0))
  // In float32, 1 − p_m loses what is left of 1 − p; the sum of small numbers does not.
  const rest = margin === 0 ? subtract(1, p) : minimum(add(subtract(1, p), m), 1)
  const focused = (base: Expression, gamma: Parameter, likelihood: Expression): Expression => {
    const cost = negate(log(likelihood))
    if (gamma.value === 0) return cost
    const factor = power(base, gamma)
    return multiply(detachFocal ? stopGradient(factor) : factor, cost)
  }
  return {
    positive: focused(subtract(1, p), parameter('\\gamma_+', gammaPositive), p),
    negative: focused(shifted, parameter('\\gamma_-', gammaNegative), rest),
  }
}

/**
 * Asymmetric loss (ASL): positives and negatives with a focal factor each, and negatives that are recognised well enough cost
 * nothing:
 *
 *     −y (1 − p)^γ₊ log p − (1 − y) p_m^γ₋ log(1 − p_m)      p = σ(z)      p_m = max(p − m, 0)
 *
 * With γ₊ = γ₋ = 0 and m = 0 it is binary cross-entropy, with γ₊ = γ₋ and m = 0 focal loss with balance 1. The gradient of a
 * negative is 0 for p ≤ m.
 *
 * The paper adds up the elements of a batch; the default here is the mean, as for every loss of this package, so that
 * learning rates can be compared. The released code also clamps logarithms at 1e−8, which this formula has no need of.
 *
 * @param options - γ₊ 1, γ₋ 4, m 0.05, `detachFocal` false, reduction `mean`. Of the released classes, the default one
 * detaches the focal factor and the optimised one does not.
 * @throws DblossError `argument` for a negative γ and for a margin outside [0, 1).
 * @see Ridnik, Ben-Baruch et al., Asymmetric Loss for Multi-Label Classification, ICCV 2021, arXiv 2009.14119.
 */
export function asymmetricLoss({ reduction = 'mean', ...options }: AsymmetricLossOptions = {}): Loss {
  const asymmetry = resolveAsymmetry(options)
  return defineLoss({
    name: 'asymmetric',
    reference: 'Ridnik, Ben-Baruch et al., ICCV 2021, arXiv 2009.14119',
    parameters: { ...asymmetry },
    reduction,
    formula: ({ logits, labels }) => costOfLabels(labels, asymmetricSides(logits, asymmetry)),
  })
}
