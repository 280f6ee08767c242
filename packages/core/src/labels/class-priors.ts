import { knownCounts } from './known-counts.ts'
import type { LabelStatistics } from './statistics.ts'

/** Class counts with the pseudo-count in them. */
export interface SmoothedCounts {
  /** n_i + c, [C] */
  readonly positives: Float64Array
  /** The samples in which class i is known, + 2 c, [C] */
  readonly samples: Float64Array
}

/** The class counts that every loss starts from: c more positives and c more negatives of each class (c = `pseudoCount`, or 0). */
export function smoothedCounts(statistics: LabelStatistics): SmoothedCounts {
  const { classCounts, pseudoCount = 0 } = statistics
  return {
    positives: Float64Array.from(classCounts, (count) => count + pseudoCount),
    samples: Float64Array.from(knownCounts(statistics), (count) => count + 2 * pseudoCount),
  }
}

/**
 * The prior of each class, [C]:
 *
 *     p_i = (n_i + c) / (known_i + 2 c)
 *
 * It is 0 or 1 for a class that no sample or every sample carries when there is no pseudo-count, and NaN for a class that
 * is known nowhere: losses that take logit(p_i) refuse these, with the names of the classes.
 */
export function classPriors(statistics: LabelStatistics): Float64Array {
  const { positives, samples } = smoothedCounts(statistics)
  return positives.map((count, index) => count / samples[index]!)
}
