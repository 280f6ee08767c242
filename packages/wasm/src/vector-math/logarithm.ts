import type { Vector, Vectors } from '../assembly/vectors.ts'
import { LOG_2 } from './exponential.ts'

const SMALLEST_NORMAL = 2 ** -126
/** (log(1 + f) − f + f²/2) / f³ for √½ ≤ 1 + f ≤ √2, to 4.7e-7; Chebyshev interpolation. */
const coefficients = [
  0.333333283662796, -0.25000298023223877, 0.20001468062400818, -0.16642247140407562, 0.14202174544334412,
  -0.12972238659858704, 0.12712307274341583, -0.08101558685302734,
]

/** The natural logarithm, within 1 eps: −∞ of 0, NaN of what is less, ∞ of ∞. */
export function log(v: Vectors, x: Vector): Vector {
  // What is no normal number is made one first: 2^23 times as large.
  const isSmall = v.isLess(x, v.constant(SMALLEST_NORMAL))
  const normal = v.choose(isSmall, v.multiply(x, v.constant(2 ** 23)), x)
  const lifted = v.and(isSmall, v.constant(23))

  // x = 2^n m with √½ ≤ m < √2: the exponent is read above the bits of √½.
  const offset = v.subtractIntegers(normal, v.bits(SQRT_HALF_BITS))
  const exponent = v.shift('i32x4.shr_s', offset, 23)
  const m = v.subtractIntegers(normal, v.shift('i32x4.shl', exponent, 23))
  const n = v.subtract(v.op('f32x4.convert_i32x4_s', exponent), lifted)

  const f = v.subtract(m, v.constant(1))
  const square = v.multiply(f, f)
  const cubic = v.multiply(v.multiply(square, f), v.polynomial(f, coefficients))
  const low = v.add(v.subtract(cubic, v.multiply(square, v.constant(0.5))), v.multiply(n, v.constant(LOG_2[1])))
  const finite = v.add(v.add(f, low), v.multiply(n, v.constant(LOG_2[0])))

  const infinity = v.constant(Number.POSITIVE_INFINITY)
  const atTheTop = v.choose(v.isLess(x, infinity), finite, v.add(x, x))
  const atZero = v.choose(v.op('f32x4.eq', x, v.constant(0)), v.negate(infinity), atTheTop)
  return v.choose(v.isNegative(x), v.constant(Number.NaN), atZero)
}

/** √½ as float32. */
const SQRT_HALF_BITS = 0x3f3504f3
