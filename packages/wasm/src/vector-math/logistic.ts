import type { Vector, Vectors } from '../assembly/vectors.ts'
import { expBelow88 } from './exponential.ts'

/** log(1 + t) / t for 0 ≤ t ≤ 1, to 3.1e-8; Chebyshev interpolation. */
const coefficients = [
  1, -0.49999502301216125, 0.33319270610809326, -0.24844369292259216, 0.19111430644989014, -0.13674770295619965,
  0.07836166769266129, -0.02958850748836994, 0.005253457929939032,
]

/** log(1 + t) for 0 ≤ t ≤ 1, within 2.5 eps. */
export function log1p(v: Vectors, t: Vector): Vector {
  return v.multiply(t, v.polynomial(t, coefficients))
}

/** Functions of u and of −u that share an exponential and a reciprocal. */
export interface LogisticFamily {
  sigmoid(u: Vector): Vector
  softplus(u: Vector): Vector
}

/** σ(u) and σ(−u) within 2 eps, softplus(u) and softplus(−u) within 3 eps, all from e^(−|u|); what is less than 1.7e-38 within 2^-125. */
export function logisticFamily(v: Vectors, u: Vector): LogisticFamily {
  const one = v.constant(1)
  const t = expBelow88(v, v.negativeMagnitude(u))
  let sides: { readonly upper: Vector; readonly difference: Vector } | undefined
  let log: Vector | undefined
  return {
    sigmoid: (x) => {
      if (sides === undefined) {
        const upper = v.divide(one, v.add(one, t))
        sides = { upper, difference: v.xor(upper, v.multiply(t, upper)) }
      }
      // The difference of the bits gives either side from the other: less than a choice for each.
      return v.xor(sides.upper, v.and(sides.difference, v.isNegative(x)))
    },
    softplus: (x) => {
      log ??= log1p(v, t)
      return v.add(v.atLeast(x, v.constant(0)), log)
    },
  }
}

/** σ(u) = 1 / (1 + e^(−u)) within 2 eps on both sides; what is less than 1.7e-38 within 2^-125. */
export function sigmoid(v: Vectors, u: Vector): Vector {
  const one = v.constant(1)
  const t = expBelow88(v, v.atMost(v.negate(u), v.constant(88)))
  return v.divide(one, v.add(one, t))
}
