import { checkNumber } from '../../check-number.ts'
import { defineLoss } from '../../define-loss.ts'
import { log, multiply, named, negate, parameter, power, sigmoid, subtract } from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { costOfLabels, type Sides } from '../sides.ts'

/** Options of the two sides of the Hill loss. */
export interface HillOptions {
  /** λ of the weight λ − p of a negative. Default 1.5, at which the gradient vanishes for p = 1. */
  readonly lambda?: number
  /** m, by which the logit of a positive is lowered; 0.5 to 1 is recommended. Default 1. */
  readonly margin?: number
  /** γ of the focal factor of positives. Default 2. */
  readonly gamma?: number
}

/** Options of {@link hillLoss}. */
export interface HillLossOptions extends HillOptions {
  /** Default `mean`, as in the released code. */
  readonly reduction?: Reduction
}

/**
 * Fills in the defaults.
 *
 * @throws DblossError `argument` for λ < 1, at which a negative could cost less than nothing, and for a negative margin or γ.
 */
export function resolveHill({ lambda = 1.5, margin = 1, gamma = 2 }: HillOptions): Required<HillOptions> {
  checkNumber('lambda', lambda, { minimum: 1 })
  checkNumber('margin', margin, { minimum: 0 })
  checkNumber('gamma', gamma, { minimum: 0 })
  return { lambda, margin, gamma }
}

/** The sides of {@link hillLoss}: `ℓ⁺ = −(1 − p_m)^γ log p_m` with `p_m = σ(z − m)`, and `ℓ⁻ = (λ − p) p²` with `p = σ(z)`. */
export function hillSides(z: Expression, { lambda, margin, gamma }: Required<HillOptions>): Sides {
  const p = named('p', sigmoid(z))
  const lowered = named('\\bar p', sigmoid(subtract(z, parameter('m', margin))))
  return {
    positive: multiply(power(subtract(1, lowered), parameter('\\gamma', gamma)), negate(log(lowered))),
    negative: multiply(subtract(parameter('\\lambda', lambda), p), power(p, 2)),
  }
}

/**
 * Hill loss, for labels of which positives are missing: a negative that the model is sure of to be positive is taken for a
 * missing label, and pulls less instead of more:
 *
 *     −y (1 − p_m)^γ log p_m + (1 − y) (λ − p) p²      p = σ(z)      p_m = σ(z − m)
 *
 * @param options - λ 1.5, m 1, γ 2, reduction `mean`.
 * @throws DblossError `argument` for λ < 1 and for a negative margin or γ.
 * @see Zhang et al., Simple and Robust Loss Design for Multi-Label Learning with Missing Labels, arXiv 2112.07368. Formula
 * and defaults agree with the documentation of the released code.
 */
export function hillLoss({ reduction = 'mean', ...options }: HillLossOptions = {}): Loss {
  const hill = resolveHill(options)
  return defineLoss({
    name: 'hill',
    reference: 'Zhang et al., arXiv 2112.07368',
    parameters: { ...hill },
    reduction,
    formula: ({ logits, labels }) => costOfLabels(labels, hillSides(logits, hill)),
  })
}
