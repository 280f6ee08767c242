import type { VectorFunction } from './vector-function.ts'

const EPSILON = 2 ** -23
/** What is smaller may be 0: it, or half of it, is no normal number. */
const SMALLEST = 1.7e-38
const LARGEST = (2 - EPSILON) * 2 ** 127

/** The largest errors of a function of float32, and where they are. */
export interface WorstError {
  /** In units of eps = 2^-23 of the result, where that is at least 1.7e-38. */
  readonly relative: number
  relativeAt: number
  /** In units of 2^-125, where the result is smaller. */
  readonly absolute: number
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
  const bits = new Uint32Array(input.buffer, input.byteOffset, input.length)
  const { end, stride } = patterns
  const count = input.length
  // Local numbers, and no function for each input: thousands of millions pass here.
  let { relative, absolute } = worst
  for (let next = patterns.first; next < end; ) {
    // Past the last pattern the block is filled with 0.
    for (let index = 0; index < count; index++, next += stride) bits[index] = next < end ? next : 0
    run()
    for (let index = 0; index < count; index++) {
      const x = input[index]!
      const actual = output[index]!
      const expected = reference(x)
      const magnitude = Math.abs(expected)
      const error = Math.abs(actual - expected)
      if (magnitude >= SMALLEST && magnitude <= LARGEST && actual - actual === 0) {
        if (error <= relative * magnitude) continue
        const scaled = error / magnitude / (scale === undefined ? 1 : scale(x))
        if (scaled <= relative) continue
        relative = scaled
        worst.relativeAt = x
      } else if (magnitude < SMALLEST) {
        if (Number.isNaN(actual)) note(worst.wrong, x)
        if (error <= absolute) continue
        absolute = error
        worst.absoluteAt = x
      } else if (!isSpecial(actual, expected)) note(worst.wrong, x)
    }
  }
  return { ...worst, relative: relative / EPSILON, absolute: absolute * 2 ** 125 }
}

/** The first ten are enough. */
function note(inputs: number[], x: number): void {
  if (inputs.length < 10) inputs.push(x)
}

/** NaN for NaN, an infinity for an infinity; near the largest number either. */
function isSpecial(actual: number, expected: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(actual)
  if (Math.abs(expected) <= LARGEST) return Math.abs(expected) > LARGEST * (1 - 8 * EPSILON) && actual * expected > 0
  if (Math.abs(expected) < LARGEST * (1 + 8 * EPSILON)) return actual * expected > 0
  return actual === Math.sign(expected) * Number.POSITIVE_INFINITY
}
