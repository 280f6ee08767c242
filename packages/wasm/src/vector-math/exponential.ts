import type { Vector, Vectors } from '../assembly/vectors.ts'

/** log 2 in two parts; n · the first is exact for every n that occurs. */
export const LOG_2 = [0.693359375, -2.1219444005469057e-4] as const
/** Adding it leaves the nearest whole number in the low bits of the sum (1.5 · 2^23). */
const ROUNDING = 12582912
/** (e^r − 1 − r) / r² for |r| ≤ log(2) / 2, to 1.4e-7; Chebyshev interpolation. */
const coefficients = [0.5, 0.16666576266288757, 0.041666463017463684, 0.008363205008208752, 0.001393368816934526]
/** The exponent of float32 that stands for 2^0. */
const BIAS = 127

/** x = n log 2 + r with |r| ≤ log(2) / 2: e^r − 1, and 2^(n + shift), which is 0 for n + shift = −127. */
function reduced(v: Vectors, x: Vector, shift = 0): { readonly expm1: Vector; readonly scale: Vector } {
  const rounding = v.constant(ROUNDING + BIAS + shift)
  const rounded = v.add(v.multiply(x, v.constant(Math.LOG2E)), rounding)
  const n = v.subtract(rounded, rounding)
  const high = v.subtract(x, v.multiply(n, v.constant(LOG_2[0])))
  const r = v.subtract(high, v.multiply(n, v.constant(LOG_2[1])))
  const curve = v.multiply(v.multiply(r, r), v.polynomial(r, coefficients))
  return { expm1: v.add(r, curve), scale: v.shift('i32x4.shl', rounded, 23) }
}

const between = (v: Vectors, x: Vector, least: number, most: number): Vector =>
  v.atMost(v.atLeast(x, v.constant(least)), v.constant(most))

/** e^x for x ≤ 88, within 1 eps; for less than −87.3 within 2^-125. For what is computed most. */
export function expBelow88(v: Vectors, x: Vector): Vector {
  const { expm1, scale } = reduced(v, v.atLeast(x, v.constant(-88)))
  return v.add(scale, v.multiply(scale, expm1))
}

/** e^x within 1 eps; 0 where it is less than 1.7e-38, infinite where it is too large. */
export function exp(v: Vectors, x: Vector): Vector {
  // 2^128 is no number: half of it, and twice the result.
  const { expm1, scale } = reduced(v, between(v, x, -87.5, 88.8), -1)
  const half = v.add(scale, v.multiply(scale, expm1))
  return v.add(half, half)
}

/** e^x − 1 within 1.25 eps, also near 0: `2^n (e^r − 1) + (2^n − 1)`. */
export function expm1(v: Vectors, x: Vector): Vector {
  const { expm1: remainder, scale } = reduced(v, between(v, x, -30, 88.8), -1)
  const half = v.add(v.multiply(scale, remainder), v.subtract(scale, v.constant(0.5)))
  return v.add(half, half)
}
