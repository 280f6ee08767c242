import { checkNumber } from '../check-number.ts'
import { createRandom } from '../random.ts'

/** How often samples are drawn again. */
export interface DrawingOptions {
  /** How often the samples are drawn. Default 1000. */
  readonly resamples?: number
  /** A non-negative integer; the same seed draws the same resamples everywhere. */
  readonly seed: number
}

/**
 * Draws N of N samples with replacement, again and again: in each round, how often each sample was drawn. [N] The array is
 * the same in every round.
 *
 * @throws DblossError `argument` unless `resamples` is a positive integer and `seed` a non-negative one.
 */
export function resampleWeights(
  sampleCount: number,
  { resamples = 1000, seed }: DrawingOptions,
): Iterable<Int32Array> & { readonly length: number } {
  checkNumber('resamples', resamples, { integer: true, minimum: 1 })
  const random = createRandom(seed)
  return {
    length: resamples,
    *[Symbol.iterator]() {
      const weights = new Int32Array(sampleCount)
      for (let round = 0; round < resamples; round++) {
        weights.fill(0)
        for (let draw = 0; draw < sampleCount; draw++) weights[random.integer(sampleCount)]!++
        yield weights
      }
    },
  }
}
