import { DblossError } from '../../errors.ts'
import type { SourcedBatch } from '../../input-source.ts'

/**
 * Calls `visit` for each element of a batch whose label is known, row by row; `index` is its place in the batch.
 *
 * @throws DblossError `shape` when labels are not `batchSize` rows of `classCount`.
 */
export function visitKnownElements(
  { labels, batchSize }: SourcedBatch,
  classCount: number,
  visit: (element: { readonly label: number; readonly classIndex: number; readonly index: number }) => void,
): void {
  if (labels.length !== batchSize * classCount) {
    throw new DblossError('shape', `labels has ${labels.length} values; expected [${batchSize}, ${classCount}]`, {
      argument: 'labels',
      found: labels.length,
      expected: `${batchSize * classCount} values`,
    })
  }
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index]!
    if (label >= 0) visit({ label, classIndex: index % classCount, index })
  }
}
