import { DblossError, type Loss, type LossRecord, lossRecord } from '@dbloss/core'
import type { LayersModelLike } from './layers-model.ts'

/** The place of this package in a model's user-defined metadata. */
const metadataKey = 'dbloss'

interface ModelRecord {
  readonly version: 1
  /** One for each output, in order. */
  readonly losses: readonly LossRecord[]
}

/** Writes the losses of a model's outputs into its metadata, beside what is there. */
export function rememberLosses(model: LayersModelLike, losses: readonly Loss[]): void {
  const record: ModelRecord = { version: 1, losses: losses.map(lossRecord) }
  model.setUserDefinedMetadata({ ...metadataOf(model), [metadataKey]: record })
}

/**
 * The records of the losses that a model was compiled with.
 *
 * @throws DblossError `model` when there are none, or of a version that is not known.
 */
export function recordedLosses(model: LayersModelLike): readonly LossRecord[] {
  const record = metadataOf(model)[metadataKey] as Partial<ModelRecord> | undefined
  if (record?.version === 1 && Array.isArray(record.losses)) return record.losses
  const found = record === undefined ? 'no record' : `a record of version ${String(record.version)}`
  throw new DblossError('model', `the metadata of model '${model.name}' hold ${found} of its losses`, {
    argument: 'model',
    found,
    expected: 'a model that was compiled by compileWithLoss before it was saved',
  })
}

function metadataOf(model: LayersModelLike): Readonly<Record<string, unknown>> {
  // Undefined where none has been set, though the type does not say so.
  return { ...(model.getUserDefinedMetadata() as Record<string, unknown> | undefined) }
}
