import { checkLabels } from '../../check-batch.ts'
import { DblossError } from '../../errors.ts'
import type { SourcedBatch } from '../../input-source.ts'

/**
 * Checks what a source is shown.
 *
 * @throws DblossError `shape` when labels are not `batchSize` rows of `classCount`, `labels` for values outside [0, 1] that
 * are not −1.
 */
export function checkSourcedBatch({ labels, batchSize }: SourcedBatch, classCount: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1 || labels.length !== batchSize * classCount) {
    throw new DblossError('shape', `labels has ${labels.length} values; expected [${batchSize}, ${classCount}]`, {
      argument: 'labels',
      found: labels.length,
      expected: `rows of ${classCount}, at least one`,
    })
  }
  checkLabels(labels, classCount)
}

/** Calls `visit` for each element of a checked batch whose label is known, row by row; `index` is its place in the batch. */
export function visitKnownElements(
  { labels }: SourcedBatch,
  classCount: number,
  visit: (element: { readonly label: number; readonly classIndex: number; readonly index: number }) => void,
): void {
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index]!
    if (label >= 0) visit({ label, classIndex: index % classCount, index })
  }
}
