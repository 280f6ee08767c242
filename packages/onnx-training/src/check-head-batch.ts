import { DblossError } from '@dbloss/core'
import { firstNotFinite } from './first-not-finite.ts'
import type { LossInputs } from './loss-inputs.ts'
import type { StepInputs } from './step-inputs.ts'

/** A batch for a linear head. */
export interface HeadBatch {
  /** Row-major [batchSize, featureCount]. */
  readonly features: Float32Array | Float64Array
  /** Row-major [batchSize, classCount]: 1, 0, between, or −1 for unknown. */
  readonly labels: Float32Array | Float64Array
  readonly batchSize: number
  /**
   * Further inputs that the loss declares, each of its extent, as the logits of a teacher [batchSize, classCount]. Those that
   * are not given come from the loss's source, where it has one.
   */
  readonly inputs?: LossInputs | undefined
}

/**
 * Checks a batch before the step starts.
 *
 * @throws DblossError `shape` for wrong sizes, `argument` for features and inputs that are not finite and for unknown inputs, `labels` as
 * `checkBatch`.
 */
export function checkHeadBatch(
  {
    inputs,
    featureCount,
    classCount,
  }: { readonly inputs: StepInputs; readonly featureCount: number; readonly classCount: number },
  batch: HeadBatch,
): void {
  inputs.check(batch)
  const { features, labels, batchSize } = batch
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
