import { DblossError } from '../errors.ts'
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
  checkColumn(labels, scores)
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

function checkColumn(labels: ArrayLike<number>, scores: ArrayLike<number>): void {
  if (labels.length !== scores.length) {
    throw new DblossError('shape', `scores has ${scores.length} values but labels has ${labels.length}`, {
      argument: 'scores',
      found: scores.length,
      expected: `${labels.length} values`,
    })
  }
  for (let sample = 0; sample < labels.length; sample++) {
    const label = labels[sample]!
    if (label === -1) continue
    if (label !== 0 && label !== 1) {
      throw new DblossError('labels', `labels[${sample}] is ${label}; average precision needs 0, 1 or −1`, {
        argument: 'labels',
        found: label,
        expected: '0, 1 or −1',
      })
    }
    if (Number.isNaN(scores[sample])) {
      throw new DblossError('logits', `scores[${sample}] is NaN; expected a number`, {
        argument: 'scores',
        found: Number.NaN,
        expected: 'a number',
      })
    }
  }
}
