import { checkBatch, DblossError, type Loss } from '@dbloss/core'
import { firstNotFinite } from './first-not-finite.ts'

/** A batch for a linear head. */
export interface HeadBatch {
  /** Row-major [batchSize, featureCount]. */
  readonly features: Float32Array | Float64Array
  /** Row-major [batchSize, classCount]: 1, 0, between, or −1 for unknown. */
  readonly labels: Float32Array | Float64Array
  readonly batchSize: number
}

/**
 * Checks a batch before the step starts.
 *
 * @throws DblossError `shape` for wrong sizes, `argument` for features that are not finite, `labels` as `checkBatch`.
 */
export function checkHeadBatch(
  {
    loss,
    featureCount,
    classCount,
  }: { readonly loss: Loss; readonly featureCount: number; readonly classCount: number },
  { features, labels, batchSize }: HeadBatch,
): void {
  checkBatch(loss, { labels, batchSize })
  const wrong = [
    { name: 'labels', length: labels.length, columns: classCount },
    { name: 'features', length: features.length, columns: featureCount },
  ].find(({ length, columns }) => length !== batchSize * columns)
  if (wrong !== undefined) {
    const { name, length, columns } = wrong
    throw new DblossError('shape', `${name} has ${length} values; expected [${batchSize}, ${columns}]`, {
      argument: name,
      found: length,
      expected: `${batchSize * columns} values`,
    })
  }
  const invalid = firstNotFinite(features)
  if (invalid >= 0) {
    const place = `${Math.floor(invalid / featureCount)}, ${invalid % featureCount}`
    throw new DblossError('argument', `features[${place}] is ${features[invalid]}; expected a finite number`, {
      argument: 'features',
      found: features[invalid],
      expected: 'finite numbers',
    })
  }
}
