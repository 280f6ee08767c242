import { DblossError } from '../errors.ts'

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
  if (labels.length !== scores.length) {
    throw new DblossError('shape', `scores has ${scores.length} values but labels has ${labels.length}`, {
      argument: 'scores',
      found: scores.length,
      expected: `${labels.length} values`,
    })
  }
  const ranked = rankKnown(labels, scores)
  const positives = ranked.filter((sample) => labels[sample] === 1).length
  if (positives === 0) return Number.NaN
  let sum = 0
  let found = 0
  for (let start = 0; start < ranked.length; ) {
    const score = scores[ranked[start]!]
    const foundBefore = found
    let end = start
    for (; end < ranked.length && scores[ranked[end]!] === score; end++) found += labels[ranked[end]!]!
    sum += (found - foundBefore) * (found / end)
    start = end
  }
  return sum / positives
}

/** The samples with a known label, by descending score. */
function rankKnown(labels: ArrayLike<number>, scores: ArrayLike<number>): number[] {
  const known: number[] = []
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
    known.push(sample)
  }
  // Compared, not subtracted: ∞ − ∞ would be NaN.
  return known.sort((a, b) => (scores[a]! < scores[b]! ? 1 : scores[a]! > scores[b]! ? -1 : 0))
}
