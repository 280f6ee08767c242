import type { Vector, Vectors } from '../assembly/vectors.ts'
import { exp } from './exponential.ts'
import { log } from './logarithm.ts'

/** Up to here a whole exponent is a chain of products. */
const LARGEST_CHAIN = 16

/**
 * x ^ k. Whole and half k up to 16 are products and a root, within |k| / 2 + 2 eps; any other is e^(k · log |x|), within
 * 2 (1 + |k log x|) eps, with the sign of x where k is odd, and NaN for x < 0 where it is not whole.
 */
export function power(v: Vectors, x: Vector, exponent: number): Vector {
  const magnitude = Math.abs(exponent)
  if (!Number.isInteger(2 * magnitude) || magnitude > LARGEST_CHAIN) {
    const base = Number.isInteger(exponent) ? v.absolute(x) : x
    const result = exp(v, v.multiply(v.constant(exponent), log(v, base)))
    return exponent % 2 === 0 || !Number.isInteger(exponent) ? result : v.or(result, v.and(x, v.constant(-0)))
  }
  const whole = product(v, x, Math.floor(magnitude))
  const root = Number.isInteger(magnitude) ? undefined : v.op('f32x4.sqrt', x)
  const result = root === undefined ? whole! : whole === undefined ? root : v.multiply(whole, root)
  return exponent < 0 ? v.divide(v.constant(1), result) : result
}

/** x · x · …, by repeated squaring; nothing for no factor. */
function product(v: Vectors, x: Vector, count: number): Vector | undefined {
  if (count < 2) return count === 1 ? x : undefined
  const half = product(v, x, Math.floor(count / 2))!
  const square = v.multiply(half, half)
  return count % 2 === 0 ? square : v.multiply(square, x)
}
