import type { Precision } from '@dbloss/core'

/** The distance from 1 to the next number. */
export const epsilons: Readonly<Record<Precision, number>> = {
  float64: 2 ** -52,
  float32: 2 ** -23,
  float16: 2 ** -10,
}

const LARGEST_HALF = 65504
const SMALLEST_NORMAL_HALF = 2 ** -14

/** The nearest float16, infinite beyond its range and evenly spaced below its smallest normal number. */
function roundToHalf(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value
  const magnitude = Math.max(Math.abs(value), SMALLEST_NORMAL_HALF)
  const spacing = 2 ** (Math.floor(Math.log2(magnitude)) - 10)
  const rounded = Math.round(value / spacing) * spacing
  return Math.abs(rounded) > LARGEST_HALF ? Math.sign(value) * Number.POSITIVE_INFINITY : rounded
}

/** Rounds to a precision. */
export const rounding: Readonly<Record<Precision, (value: number) => number>> = {
  float64: (value) => value,
  float32: Math.fround,
  float16: roundToHalf,
}

/**
 * The precision whose rounding shows how much a formula magnifies errors. The reference is in float64 itself and has nothing
 * finer to be compared with; float32 magnifies alike.
 */
export const shownIn: Readonly<Record<Precision, Precision>> = {
  float64: 'float32',
  float32: 'float32',
  float16: 'float16',
}
