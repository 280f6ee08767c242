import {
  inversePropensityGains,
  type PropensityScoredOptions,
  type TopKGains,
  type TopKOptions,
  topKGains,
  totalGain,
} from './top-k-gains.ts'

/**
 * nDCG@k: the positives among the k classes of a sample with the highest scores, the later the less, in parts of the best
 * that can be attained, on average:
 *
 *     mean over samples of Σ_{r ≤ k} y_{(r)} / log₂(r + 1)  /  Σ_{r ≤ min(k, positives)} 1 / log₂(r + 1)
 *
 * with y_{(r)} the label of the class in place r. A sample without positives counts 0, as in pyxclib, napkinXC and
 * scikit-learn. Of classes with tied scores the one with the smaller index comes first, while scikit-learn's `ndcg_score`
 * averages over their orders. Unknown labels are left out of the ranking, samples without a known label out of the mean.
 *
 * @returns from 0 to 1, the best.
 * @throws DblossError `argument` for k outside 1 to C, `shape` for sizes that do not fit together, `labels` for soft labels or
 * only unknown ones, `logits` for a NaN score.
 * @see Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 2002.
 */
export function ndcgAtK(options: TopKOptions): number {
  const samples = topKGains(options)
  const sum = samples.filter(hasPositives).reduce((total, { attained, best }) => total + dcg(attained) / dcg(best), 0)
  return sum / samples.length
}

/**
 * PSnDCG@k: propensity-scored nDCG, an estimate of {@link ndcgAtK} for the labels as they truly are where some are missing,
 * in parts of the best that can be attained:
 *
 *     Σ over samples of  Σ_{r ≤ k} y_{(r)} / (p_{(r)} log₂(r + 1))  /  Σ_{r ≤ min(k, positives)} 1 / log₂(r + 1),
 *     over the same sum for rankings that begin with the k positives of the smallest p, the smallest first
 *
 * The quotient is of sums over samples, as in pyxclib and napkinXC; a sample without positives adds nothing to either. Ties
 * and unknown labels are as in {@link ndcgAtK}.
 *
 * @returns from 0 to 1, the best; NaN when no sample has a positive.
 * @throws DblossError `argument` for k outside 1 to C and a propensity outside (0, 1], `shape` for sizes that do not fit
 * together, `labels` for soft labels or only unknown ones, `logits` for a NaN score.
 * @see Jain, Prabhu and Varma, "Extreme Multi-label Loss Functions for Recommendation, Tagging, Ranking & Other Missing Label
 * Applications", KDD 2016; the normalisation: Bhatia et al., "The Extreme Classification Repository".
 */
export function propensityScoredNdcg(options: PropensityScoredOptions): number {
  const samples = inversePropensityGains(options).filter(hasPositives)
  let attained = 0
  let best = 0
  for (const gains of samples) {
    const unweighted = dcg(gains.best.map(() => 1))
    attained += dcg(gains.attained) / unweighted
    best += dcg(gains.best) / unweighted
  }
  return attained / best
}

const hasPositives = ({ best }: TopKGains): boolean => best.length > 0

/** Σ over places r, from 1, of gain / log₂(r + 1). */
function dcg(gains: readonly number[]): number {
  return totalGain(gains.map((gain, place) => gain / Math.log2(place + 2)))
}
