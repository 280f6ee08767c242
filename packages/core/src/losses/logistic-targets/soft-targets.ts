import { diagonalMeanReciprocals, meanReciprocals } from './mean-reciprocals.ts'

/** Scores of a predicted set of labels against the true one, with tables of their own for each number of true labels. */
export type OverlapScore = 'f1' | 'jaccard'

/** Numbers by s, the number of true labels, from 0 to C. */
export interface SoftTargets {
  /** t⁺(s): among all sets, drawn in proportion to their score, the share that holds a given true label. */
  readonly positive: Float64Array
  /** t⁻(s): the share that holds a given label that is not true. */
  readonly negative: Float64Array
  /** The mean score over all 2^C sets. */
  readonly meanScore: Float64Array
}

/**
 * The soft targets of a score for C classes, in time proportional to C.
 *
 * A set with a true and b false labels has the score F1 = 2a/(s + a + b) or Jaccard = a/(s + b), and there are
 * C(s, a) C(C − s, b) of them. As a C(s, a) = s C(s − 1, a − 1), and as binomials with a + b = k sum up to one binomial
 * (Vandermonde), what is left of the double sums are means of 1/(s + k) over binomial distributions.
 *
 * Without a true label only the empty set has a score, which is 1.
 */
export function softTargets(score: OverlapScore, classCount: number): SoftTargets {
  const positive = new Float64Array(classCount + 1)
  const negative = new Float64Array(classCount + 1)
  const meanScore = new Float64Array(classCount + 1)
  meanScore[0] = 0.5 ** classCount
  const targetsOf = score === 'f1' ? f1Targets(classCount) : jaccardTargets(classCount)
  for (let s = 1; s <= classCount; s++) [positive[s], negative[s], meanScore[s]] = targetsOf(s)
  return { positive, negative, meanScore }
}

/** t⁺, t⁻ and the mean score for s true labels, 1 to C. */
type TargetsOfCount = (s: number) => [positive: number, negative: number, meanScore: number]

function f1Targets(classCount: number): TargetsOfCount {
  const means = meanReciprocals(classCount - 1, classCount + 1)
  return (s) => {
    const mean = means[s]!
    // For one class, where no label is left to be false, 0 / 1.
    const negative = (1 / mean - s - 1) / Math.max(classCount - 1, 1)
    return [(1 + (s - 1) * negative) / s, negative, s * mean]
  }
}

function jaccardTargets(classCount: number): TargetsOfCount {
  const means = diagonalMeanReciprocals(classCount)
  return (s) => {
    // For s = C no label is left to be false; what stands there is read for soft labels only, between C − 1 and C.
    const last = Math.min(s, Math.max(classCount - 1, 1))
    const negative = last === classCount ? 0 : (0.5 * means[last]!) / means[last - 1]!
    return [(s + 1) / (2 * s), negative, 0.5 * s * means[s - 1]!]
  }
}
