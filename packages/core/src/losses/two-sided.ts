import { checkNumber } from '../check-number.ts'
import {
  add,
  divide,
  less,
  multiply,
  named,
  negate,
  parameter,
  power,
  select,
  sigmoid,
  softplus,
  subtract,
} from '../formula/build.ts'
import type { Expression } from '../formula/nodes.ts'
import type { Sides } from './sides.ts'

/** Options of the focal factor. */
export interface FocalOptions {
  /** γ of the focal factor `balance · (1 − p_t)^γ`; 0 switches it off. */
  readonly gamma?: number
  /** The constant of the focal factor, one for both sides or one each. Default 2, and 1 when γ = 0. */
  readonly balance?: number | { readonly positive: number; readonly negative: number }
}

/** The focal factor with its defaults filled in. */
export interface Focal {
  readonly gamma: number
  readonly positive: number
  readonly negative: number
}

/**
 * Fills in the defaults of the focal factor.
 *
 * @throws DblossError `argument` for a negative γ or a balance that is not positive.
 */
export function resolveFocal({ gamma = 0, balance = gamma === 0 ? 1 : 2 }: FocalOptions): Focal {
  checkNumber('gamma', gamma, { minimum: 0 })
  const sides = typeof balance === 'number' ? { positive: balance, negative: balance } : balance
  checkNumber('balance', sides.positive, { above: 0 })
  checkNumber('balance', sides.negative, { above: 0 })
  return { gamma, positive: sides.positive, negative: sides.negative }
}

/** The focal options as a user would give them again. */
export function focalRecord({ gamma, positive, negative }: Focal): Readonly<Record<string, unknown>> {
  return { gamma, balance: positive === negative ? positive : { positive, negative } }
}

/** What {@link twoSidedLoss} is made of. */
export interface TwoSidedTerms {
  /** z or z′, [B, C]. */
  readonly logits: Expression
  /** y, [B, C]. */
  readonly labels: Expression
  readonly focal: Focal
  /** λ, the scale of the logits of negatives. Default 1. */
  readonly lambda?: number
  /** What the negatives' term is divided by. Default λ. */
  readonly negativeDivisor?: number
  readonly hardLabels: boolean
}

/**
 * Binary cross-entropy with both sides apart, as the whole family uses it:
 * `y · f₊(−z) + (1 − y)/λ · f₋(λ z)` with `f±(u) = balance± · σ(u)^γ · softplus(u)`.
 *
 * With hard labels only one side is non-zero, and the sign is chosen before the functions are computed.
 */
export function twoSidedLoss({
  logits: z,
  labels: y,
  focal,
  lambda = 1,
  negativeDivisor = lambda,
  hardLabels,
}: TwoSidedTerms): Expression {
  const scaled = lambda === 1 ? z : multiply(parameter('\\lambda', lambda), z)
  if (hardLabels) {
    const positive = less(0.5, y)
    const u = named('u', select(positive, negate(z), scaled))
    const factor = select(positive, focal.positive, focal.negative / negativeDivisor)
    return multiply(factor, focalTerm(u, focal.gamma))
  }
  const positives = weighted(focal.positive, multiply(y, focalTerm(negate(z), focal.gamma)))
  const negatives = weighted(focal.negative, multiply(subtract(1, y), focalTerm(scaled, focal.gamma)))
  return add(positives, negativeDivisor === 1 ? negatives : divide(negatives, parameter('\\lambda', negativeDivisor)))
}

/** The sides of focal loss: `balance± · σ(u)^γ · softplus(u)` with u = −z for positives and u = z for negatives. */
export function focalSides(z: Expression, { gamma, positive, negative }: Focal): Sides {
  return {
    positive: weighted(positive, focalTerm(negate(z), gamma)),
    negative: weighted(negative, focalTerm(z, gamma)),
  }
}

/** `σ(u)^γ · softplus(u)` */
function focalTerm(u: Expression, gamma: number): Expression {
  return gamma === 0 ? softplus(u) : multiply(power(sigmoid(u), parameter('\\gamma', gamma)), softplus(u))
}

function weighted(balance: number, term: Expression): Expression {
  return balance === 1 ? term : multiply(balance, term)
}
