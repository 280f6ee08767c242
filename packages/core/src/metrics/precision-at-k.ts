import {
  inversePropensityGains,
  type PropensityScoredOptions,
  type TopKOptions,
  topKGains,
  totalGain,
} from './top-k-gains.ts'

/**
 * P@k: the share of positives among the k classes of a sample with the highest scores, on average:
 *
 *     mean over samples of 1/k Σ_{i ∈ top k} y_i
 *
 * Of classes with tied scores the one with the smaller index comes first. A sample without positives counts 0, and one with
 * fewer than k known classes has misses in the places that are left: both as in pyxclib and napkinXC. Unknown labels are left
 * out of the ranking, samples without a known label out of the mean.
 *
 * @returns from 0 to 1, the best; 1 is only reached where every sample has k positives.
 * @throws DblossError `argument` for k outside 1 to C, `shape` for sizes that do not fit together, `labels` for soft labels or
 * only unknown ones, `logits` for a NaN score.
 */
export function precisionAtK(options: TopKOptions): number {
  const samples = topKGains(options)
  return samples.reduce((sum, { attained }) => sum + totalGain(attained), 0) / (options.k * samples.length)
}

/**
 * PSP@k: propensity-scored precision, an estimate of {@link precisionAtK} for the labels as they truly are where some are
 * missing, in parts of the best that can be attained:
 *
 *     Σ over samples of Σ_{i ∈ top k} y_i / p_i,  over the same sum for rankings that begin with the k positives of the smallest p
 *
 * The quotient is of sums over samples, as in pyxclib, napkinXC and the tables of the Extreme Classification Repository, and
 * not a mean of quotients; a sample without positives adds nothing to either. Ties and unknown labels are as in
 * {@link precisionAtK}.
 *
 * @returns from 0 to 1, the best; NaN when no sample has a positive.
 * @throws DblossError `argument` for k outside 1 to C and a propensity outside (0, 1], `shape` for sizes that do not fit
 * together, `labels` for soft labels or only unknown ones, `logits` for a NaN score.
 * @see Jain, Prabhu and Varma, "Extreme Multi-label Loss Functions for Recommendation, Tagging, Ranking & Other Missing Label
 * Applications", KDD 2016; the normalisation: Bhatia et al., "The Extreme Classification Repository".
 */
export function propensityScoredPrecision(options: PropensityScoredOptions): number {
  const samples = inversePropensityGains(options)
  const attained = samples.reduce((sum, gains) => sum + totalGain(gains.attained), 0)
  const best = samples.reduce((sum, gains) => sum + totalGain(gains.best), 0)
  return attained / best
}
