import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'
import { multiply, named, negate, parameter, subtract } from '../formula/build.ts'
import type { Expression } from '../formula/nodes.ts'
import type { LabelStatistics } from '../labels/index.ts'
import { priorBiasVector } from './prior-bias.ts'

/** Which of the published formulas to compute; they differ in the shift of the logits, and numbers were published with both. */
export type Variant =
  /** `ν = −κ b`, as the paper writes it and as the text-classification port computes it. */
  | 'paper'
  /** `ν = −(κ/λ) b`, as the released code computes it. */
  | 'released'

/** Options of the negative-tolerant regularisation. */
export interface NegativeTolerantOptions {
  /** λ, the scale of the logits of negatives. Default 2. */
  readonly lambda?: number
  /** κ, the strength of the prior bias. Default 0.05. */
  readonly kappa?: number
  /** Default `paper`. */
  readonly variant?: Variant
}

/** The negative-tolerant options with their defaults filled in. */
export type NegativeTolerance = Required<NegativeTolerantOptions>

/**
 * Fills in the defaults.
 *
 * @throws DblossError `argument` for λ ≤ 0, κ < 0 or an unknown variant.
 */
export function resolveTolerance({
  lambda = 2,
  kappa = 0.05,
  variant = 'paper',
}: NegativeTolerantOptions): NegativeTolerance {
  checkNumber('lambda', lambda, { above: 0 })
  checkNumber('kappa', kappa, { minimum: 0 })
  if (variant !== 'paper' && variant !== 'released') {
    throw new DblossError('argument', `variant is '${String(variant)}'; expected 'paper' or 'released'`, {
      argument: 'variant',
      found: variant,
      expected: "'paper' | 'released'",
    })
  }
  return { lambda, kappa, variant }
}

/**
 * The shifted logits `z′ = z − ν` with `ν_i = −κ b_i` and the prior bias `b_i = logit(p_i)`.
 *
 * @throws DblossError `statistics` when a class is never or always present, because b is infinite then.
 * @see Wu et al., ECCV 2020, section 3.2.
 */
export function negativeTolerantLogits(
  logits: Expression,
  statistics: LabelStatistics,
  { lambda, kappa, variant }: NegativeTolerance,
): Expression {
  const strength =
    variant === 'released' ? parameter('\\tfrac{\\kappa}{\\lambda}', kappa / lambda) : parameter('\\kappa', kappa)
  const shift = named('\\nu', negate(multiply(strength, priorBiasVector(statistics))))
  return named("z'", subtract(logits, shift))
}
