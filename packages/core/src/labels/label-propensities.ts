import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'
import { SMALLEST_PROPENSITY } from './require-propensities.ts'
import type { LabelStatistics } from './statistics.ts'

/** The constants of {@link labelPropensities}. */
export interface LabelPropensityOptions {
  /** A ≥ 0: how fast propensities rise with the number of samples. Default 0.55. */
  readonly a?: number
  /** B > 0: what is added to the number of samples. Default 1.5. */
  readonly b?: number
}

/**
 * The propensity of each class, [C]: the probability that a sample which truly carries the class is labelled with it, by the
 * model of Jain et al.:
 *
 *     p_l = 1 / (1 + C′ e^{−A log(n_l + B)})      C′ = (log N − 1) (B + 1)^A
 *
 * with n_l the samples that carry class l and N all samples, without the pseudo-count. The rarer a class, the more of its
 * labels are taken to be missing.
 *
 * A and B are of the data set. pyxclib and napkinXC, with which the data of the Extreme Classification Repository is evaluated,
 * document the same numbers: 0.5 and 0.4 for WikiLSHTC-325K and Wikipedia-500K, 0.6 and 2.6 for Amazon-670K and Amazon-3M, and
 * 0.55 and 1.5, which lie in the middle, for all others. For data that was labelled otherwise the model is a guess (Schultheis
 * et al., "On Missing Labels, Long-tails and Propensities in Extreme Multi-label Classification", KDD 2022).
 *
 * @param statistics - of the training set before any re-sampling.
 * @throws DblossError `statistics` for fewer than 3 samples, where log N is not above 1; `argument` for A or B out of range, or
 * such that a propensity is below 1e-30.
 * @see Jain, Prabhu and Varma, "Extreme Multi-label Loss Functions for Recommendation, Tagging, Ranking & Other Missing Label
 * Applications", KDD 2016, equation 2.
 */
export function labelPropensities(
  statistics: LabelStatistics,
  { a = 0.55, b = 1.5 }: LabelPropensityOptions = {},
): Float64Array {
  checkNumber('a', a, { minimum: 0 })
  checkNumber('b', b, { above: 0 })
  const { sampleCount, classCounts } = statistics
  if (sampleCount < 3) {
    throw new DblossError('statistics', `propensities need log N above 1, but the statistics have N = ${sampleCount}`, {
      argument: 'statistics',
      found: sampleCount,
      expected: 'at least 3 samples',
    })
  }
  return Float64Array.from(classCounts, (count, index) => {
    const propensity = 1 / (1 + (Math.log(sampleCount) - 1) * ((b + 1) / (count + b)) ** a)
    if (propensity >= SMALLEST_PROPENSITY) return propensity
    throw new DblossError('argument', `a = ${a} and b = ${b} give class ${index} the propensity ${propensity}`, {
      argument: 'a',
      found: propensity,
      expected: `constants that give propensities of ${SMALLEST_PROPENSITY} at least`,
    })
  })
}
