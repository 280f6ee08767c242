import { checkColumn } from './check-column.ts'
import { rankByScore } from './score-ranking.ts'

/** What the predictions at one threshold are worth. */
export interface PrecisionRecallPoint {
  /** The lowest score that is predicted. */
  readonly threshold: number
  /** The share of the predictions that are positive. */
  readonly precision: number
  /** The share of the positives that are predicted. */
  readonly recall: number
}

/**
 * Precision and recall at every distinct score as a threshold, from the highest score to the lowest, so by ascending
 * recall: scikit-learn's `precision_recall_curve` from its end, without the point (precision 1, recall 0) that has no
 * threshold. `averagePrecision` is the area below its steps.
 *
 * @param labels 1 positive, 0 negative, −1 unknown: left out, whatever its score. [N]
 * @param scores any numbers that rank the samples, as logits. [N]
 * @returns no points without positives.
 * @throws DblossError `shape` for different lengths, `labels` for a label that is not 0, 1 or −1, `logits` for a NaN score.
 */
export function precisionRecallCurve(labels: ArrayLike<number>, scores: ArrayLike<number>): PrecisionRecallPoint[] {
  checkColumn(labels, scores, 'a precision–recall curve')
  const { steps, positives } = rankByScore(labels, scores)
  if (positives === 0) return []
  return steps.map(({ score, predicted, agreed }) => {
    return { threshold: score, precision: agreed / predicted, recall: agreed / positives }
  })
}
