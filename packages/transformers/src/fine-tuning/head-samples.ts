import { DblossError } from '@dbloss/core'
import type { HeadBatch } from '@dbloss/onnx-training'
import {
  checkFeatureScaling,
  defaultFeatureScaling,
  type FeatureScaling,
  measureScaling,
  type Standardization,
  standardize,
} from '../features/feature-scaling.ts'
import { labelMatrix } from './sample-stream.ts'

/** Samples as a head is trained on them. */
export interface HeadSamples {
  /** Scaled, row-major [labels.length, featureCount]. */
  readonly features: Float32Array
  readonly featureCount: number
  readonly labels: readonly (readonly number[])[]
  readonly classCount: number
  /** How the features were scaled. */
  readonly standardization: Standardization
}

/** What {@link headSamples} needs. */
export interface RawSamples {
  /** Row-major [samples, features]. */
  readonly features: Float32Array
  /** For each sample the indices of its positive classes. */
  readonly labels: readonly (readonly number[])[]
  readonly classCount: number
  /** A scaling by name, or one that was measured on other features, as with `measureStandardization`. Default `rms`. */
  readonly featureScaling?: FeatureScaling | Standardization
}

/** @throws DblossError `argument` for an unknown scaling, `shape` for features of another number of samples. */
export function headSamples({
  features,
  labels,
  classCount,
  featureScaling = defaultFeatureScaling,
}: RawSamples): HeadSamples {
  if (typeof featureScaling === 'string') checkFeatureScaling(featureScaling)
  const featureCount = features.length / labels.length
  if (!Number.isInteger(featureCount) || featureCount === 0) {
    throw new DblossError('shape', `features has ${features.length} values for ${labels.length} samples`, {
      argument: 'features',
      found: features.length,
      expected: `a multiple of ${labels.length}`,
    })
  }
  const standardization =
    typeof featureScaling === 'string' ? measureScaling(featureScaling, features, featureCount) : featureScaling
  return { features: standardize(features, standardization), featureCount, labels, classCount, standardization }
}

/** The samples of a step. */
export function headBatch(
  { features, featureCount, labels, classCount }: HeadSamples,
  chosen: readonly number[],
): HeadBatch {
  const rows = new Float32Array(chosen.length * featureCount)
  chosen.forEach((sample, row) => {
    rows.set(features.subarray(sample * featureCount, (sample + 1) * featureCount), row * featureCount)
  })
  return { features: rows, labels: labelMatrix(labels, classCount, chosen), batchSize: chosen.length }
}
