import { BLOCK, type VectorFunction } from './vector-function.ts'

const EPSILON = 2 ** -23
/** What is smaller may be 0: it, or half of it, is no normal number. */
const SMALLEST = 1.7e-38
const LARGEST = (2 - EPSILON) * 2 ** 127

/** The largest errors of a function of float32, and where they are. */
export interface WorstError {
  /** In units of eps = 2^-23 of the result, where that is at least 1.7e-38. */
  relative: number
  relativeAt: number
  /** In units of 2^-125, where the result is smaller. */
  absolute: number
  absoluteAt: number
  /** Inputs at which NaN or an infinity is wrong or missing. */
  readonly wrong: number[]
}

/**
 * Compares a function with float64 on many bit patterns.
 *
 * @param patterns - which: `first`, `first + stride`, … below `end`.
 * @param scale - what the relative error is divided by, at an input. Default 1.
 */
export function worstError(
  { input, output, run }: VectorFunction,
  reference: (x: number) => number,
  patterns: { readonly first: number; readonly end: number; readonly stride: number },
  scale?: (x: number) => number,
): WorstError {
  const worst: WorstError = { relative: 0, relativeAt: 0, absolute: 0, absoluteAt: 0, wrong: [] }
  const bits = new Uint32Array(input.buffer, input.byteOffset, BLOCK)
  const { end, stride } = patterns
  for (let next = patterns.first; next < end; ) {
    // Past the last pattern the block is filled with 0.
    for (let index = 0; index < BLOCK; index++, next += stride) bits[index] = next < end ? next : 0
    run()
    for (let index = 0; index < BLOCK; index++) compare(worst, input[index]!, output[index]!, reference, scale)
  }
  return worst
}

function compare(
  worst: WorstError,
  x: number,
  actual: number,
  reference: (x: number) => number,
  scale?: (x: number) => number,
): void {
  const expected = reference(x)
  const magnitude = Math.abs(expected)
  if (magnitude >= SMALLEST && magnitude <= LARGEST && actual - actual === 0) {
    const error = Math.abs(actual - expected) / (magnitude * EPSILON) / (scale === undefined ? 1 : scale(x))
    if (error > worst.relative) {
      worst.relative = error
      worst.relativeAt = x
    }
  } else if (magnitude < SMALLEST) {
    const error = Math.abs(actual - expected) * 2 ** 125
    if (error > worst.absolute) {
      worst.absolute = error
      worst.absoluteAt = x
    }
    if (Number.isNaN(actual)) worst.wrong.push(x)
  } else if (!isSpecial(actual, expected) && worst.wrong.length < 10) worst.wrong.push(x)
}

/** NaN for NaN, an infinity for an infinity; near the largest number either. */
function isSpecial(actual: number, expected: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(actual)
  if (Math.abs(expected) <= LARGEST) return Math.abs(expected) > LARGEST * (1 - 8 * EPSILON) && actual * expected > 0
  if (Math.abs(expected) < LARGEST * (1 + 8 * EPSILON)) return actual * expected > 0
  return actual === Math.sign(expected) * Number.POSITIVE_INFINITY
}
