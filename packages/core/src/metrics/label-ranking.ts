import { averagePrecisionOf } from './average-precision.ts'
import { measureRankings } from './sample-rankings.ts'
import type { ScoreRanking } from './score-ranking.ts'
import { readScoredLabels, type ScoredSamples } from './scored-labels.ts'

/**
 * How far down the ranking of its classes one must go to find all positives of a sample, on average:
 *
 *     mean over samples of |{ k : z_k ≥ min over positives j of z_j }|
 *
 * As scikit-learn's `coverage_error`: tied classes all count, and a sample without positives counts 0. Unknown labels are
 * left out of the ranking, samples without a known label out of the mean. Best is the mean number of positives.
 *
 * Source: Tsoumakas, Katakis and Vlahavas, "Mining multi-label data", 2010.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels or only unknown ones, `logits`
 * for a NaN score.
 */
export function coverageError(samples: ScoredSamples): number {
  return meanOverSamples(samples, ({ steps, positives }) => {
    if (positives === 0) return 0
    return steps.find(({ agreed }) => agreed === positives)!.predicted
  })
}

/**
 * The share of the pairs of a positive and a negative class of a sample that are in the wrong order, on average:
 *
 *     mean over samples of |{ (j, k) : y_j = 1, y_k = 0, z_j ≤ z_k }| / (positives · negatives)
 *
 * As scikit-learn's `label_ranking_loss`: a tie is a wrong order, and a sample without positives or without negatives counts
 * 0. Unknown labels are left out, samples without a known label out of the mean. From 0, the best, to 1.
 *
 * Source: Tsoumakas, Katakis and Vlahavas, "Mining multi-label data", 2010.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels or only unknown ones, `logits`
 * for a NaN score.
 */
export function labelRankingLoss(samples: ScoredSamples): number {
  return meanOverSamples(samples, ({ order, steps, positives }) => {
    const negatives = order.length - positives
    if (positives === 0 || negatives === 0) return 0
    let wrong = 0
    let agreedBefore = 0
    for (const { predicted, agreed } of steps) {
      wrong += (agreed - agreedBefore) * (predicted - agreed)
      agreedBefore = agreed
    }
    return wrong / (positives * negatives)
  })
}

/**
 * The share of positives among the classes that rank as high as a positive of the sample or higher, on average:
 *
 *     mean over samples of 1/|P| Σ_{j ∈ P} |{ k ∈ P : z_k ≥ z_j }| / |{ k : z_k ≥ z_j }|     with P its positives
 *
 * which is the average precision of the sample over its classes. As scikit-learn's `label_ranking_average_precision_score`:
 * a sample whose labels are all negative, or all positive, counts 1. Unknown labels are left out, samples without a known
 * label out of the mean. From above 0 to 1, the best.
 *
 * Source: Schapire and Singer, "BoosTexter", Machine Learning 2000; Tsoumakas, Katakis and Vlahavas, 2010.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels or only unknown ones, `logits`
 * for a NaN score.
 */
export function labelRankingAveragePrecision(samples: ScoredSamples): number {
  return meanOverSamples(samples, (ranking) => (ranking.positives === 0 ? 1 : averagePrecisionOf(ranking)))
}

function meanOverSamples(samples: ScoredSamples, measure: (ranking: ScoreRanking) => number): number {
  const measured = measureRankings(readScoredLabels(samples), measure)
  return measured.reduce((sum, value) => sum + value, 0) / measured.length
}
