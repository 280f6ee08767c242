import { DblossError } from '../errors.ts'

/**
 * Checks the labels and scores of one class.
 *
 * @param purpose what needs them, for the message about a soft label.
 * @throws DblossError `shape` for different lengths, `labels` for a label that is not 0, 1 or −1, `logits` for a NaN score.
 */
export function checkColumn(labels: ArrayLike<number>, scores: ArrayLike<number>, purpose: string): void {
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
      throw new DblossError('labels', `labels[${sample}] is ${label}; ${purpose} needs 0, 1 or −1`, {
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
