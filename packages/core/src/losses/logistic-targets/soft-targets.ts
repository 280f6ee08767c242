import { meanReciprocal } from './mean-reciprocal.ts'

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

/** t⁺, t⁻ and the mean score for one number of true labels. */
type TargetsOfCount = readonly [positive: number, negative: number, meanScore: number]

/**
 * The soft targets of a score for C classes, in about C^1.5 operations.
 *
 * A set with a true and b false labels has the score F1 = 2a/(s + a + b) or Jaccard = a/(s + b), and there are
 * C(s, a) C(C − s, b) of them. As a C(s, a) = s C(s − 1, a − 1), and as binomials with a + b = k sum up to one binomial
 * (Vandermonde), what is left of the double sums are means of 1/(shift + k) over binomial distributions.
 *
 * Without a true label only the empty set has a score, which is 1.
 */
export function softTargets(score: OverlapScore, classCount: number): SoftTargets {
  const ofCount = score === 'f1' ? f1Targets : jaccardTargets
  const rows = Array.from(
    { length: classCount + 1 },
    (_, count): TargetsOfCount => (count === 0 ? [0, 0, 0.5 ** classCount] : ofCount(count, classCount)),
  )
  const column = (index: 0 | 1 | 2): Float64Array => Float64Array.from(rows, (row) => row[index])
  return { positive: column(0), negative: column(1), meanScore: column(2) }
}

function f1Targets(s: number, classCount: number): TargetsOfCount {
  const once = meanReciprocal(classCount - 1, s + 1)
  const negative = (0.5 * meanReciprocal(Math.max(classCount - 2, 0), s + 2)) / once
  return [(1 + (s - 1) * negative) / s, negative, s * once]
}

function jaccardTargets(s: number, classCount: number): TargetsOfCount {
  const falseLabels = classCount - s
  const once = meanReciprocal(falseLabels, s)
  const negative = (0.5 * meanReciprocal(Math.max(falseLabels - 1, 0), s + 1)) / once
  return [(s + 1) / (2 * s), negative, 0.5 * s * once]
}
