import { checkColumn } from './check-column.ts'
import { rankByScore, type ScoreRanking } from './score-ranking.ts'

/**
 * The average precision of one class, as scikit-learn's `average_precision_score` defines it:
 *
 *     AP = Σ_k (R_k − R_{k−1}) P_k
 *
 * with precision P_k and recall R_k at the k-th highest distinct score; samples with tied scores are one step.
 *
 * @param labels 1 positive, 0 negative, −1 unknown: left out, whatever its score. [N]
 * @param scores any numbers that rank the samples, as logits. [N]
 * @returns a number in (0, 1], or NaN without positives.
 * @throws DblossError `shape` for different lengths, `labels` for a label that is not 0, 1 or −1, `logits` for a NaN score.
 */
export function averagePrecision(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  checkColumn(labels, scores, 'average precision')
  return averagePrecisionOf(rankByScore(labels, scores))
}

/** The average precision of what is ranked; NaN without positives. */
export function averagePrecisionOf({ steps, positives }: ScoreRanking): number {
  let sum = 0
  let agreedBefore = 0
  for (const { predicted, agreed } of steps) {
    sum += (agreed - agreedBefore) * (agreed / predicted)
    agreedBefore = agreed
  }
  return positives === 0 ? Number.NaN : sum / positives
}
