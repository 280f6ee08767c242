import { checkNumber } from '../../check-number.ts'
import { add, divide, multiply, named, parameter } from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'
import type { LabelStatistics } from '../../labels/index.ts'
import { type NegativeTolerantOptions, negativeTolerantLogits, resolveTolerance } from '../negative-tolerant-logits.ts'
import { priorBiasVector } from '../prior-bias.ts'
import type { Sides } from '../sides.ts'
import { checkPart, unknownKind } from './unknown-kind.ts'

/** Where the two sides take their logit from. Both kinds move the logits by the class priors, so a loss has one such part. */
export type LogitsPart =
  | ({ readonly kind: 'negative-tolerant' } & NegativeTolerantOptions)
  | { readonly kind: 'logit-adjusted' /** τ. Default 1. */; readonly tau?: number }

/** A part with its defaults filled in, and what it makes of the logits and the sides. */
export interface ResolvedLogits {
  readonly part: LogitsPart
  readonly apply: (z: Expression, sidesOf: (z: Expression) => Sides) => Sides
}

/**
 * @throws DblossError `argument` for an unknown kind and for numbers out of range, `statistics` when a class is never or
 * always present.
 */
export function resolveLogits(part: LogitsPart, statistics: LabelStatistics): ResolvedLogits {
  checkPart('logits', part)
  switch (part.kind) {
    case 'negative-tolerant': {
      const tolerance = resolveTolerance(part)
      return {
        part: { kind: 'negative-tolerant', ...tolerance },
        apply: (z, sidesOf) =>
          scaledNegatives(negativeTolerantLogits(z, statistics, tolerance), tolerance.lambda, sidesOf),
      }
    }
    case 'logit-adjusted': {
      const { tau = 1 } = part
      checkNumber('tau', tau, { minimum: 0 })
      const bias = priorBiasVector(statistics)
      return {
        part: { kind: 'logit-adjusted', tau },
        apply: (z, sidesOf) => sidesOf(named("z'", add(z, multiply(parameter('\\tau', tau), bias)))),
      }
    }
    default:
      throw unknownKind('logits', part, ['negative-tolerant', 'logit-adjusted'])
  }
}

/** ℓ⁺(z) beside ℓ⁻(λ z)/λ. */
function scaledNegatives(z: Expression, lambda: number, sidesOf: (z: Expression) => Sides): Sides {
  if (lambda === 1) return sidesOf(z)
  const scale = parameter('\\lambda', lambda)
  return { positive: sidesOf(z).positive, negative: divide(sidesOf(multiply(scale, z)).negative, scale) }
}
