import { DblossError } from '@dbloss/core'
import type { LinearHead } from '../linear-head.ts'

/**
 * How features are brought to a common size before a head is trained on them.
 *
 * - `rms`: all are divided by one number, the root of their mean square. Keeps zero at zero, so that features which are
 *   silent for most images stay silent.
 * - `standardize`: each gets mean 0 and deviation 1 over the training samples. On a long-tailed set that mean is almost the
 *   mean of the head classes.
 * - `none`: as the model gives them.
 */
export type FeatureScaling = 'rms' | 'standardize' | 'none'

export const defaultFeatureScaling: FeatureScaling = 'rms'

const featureScalings: readonly FeatureScaling[] = ['rms', 'standardize', 'none']

/** @throws DblossError `argument` for an unknown scaling. */
export function checkFeatureScaling(scaling: FeatureScaling): void {
  if (featureScalings.includes(scaling)) return
  const expected = featureScalings.join(', ')
  throw new DblossError('argument', `featureScaling is ${String(scaling)}; expected one of ${expected}`, {
    argument: 'featureScaling',
    found: scaling,
    expected,
  })
}

/** `(feature − mean) · scale`, feature by feature. */
export interface Standardization {
  /** [featureCount] */
  readonly mean: ArrayLike<number>
  /** [featureCount] */
  readonly scale: ArrayLike<number>
}

/** A deviation below this share of the mean deviation is rounding noise, which must not be blown up to 1. */
const leastDeviation = 1e-6

/** The change of size that fits these features, row-major [rows, featureCount]. */
export function measureScaling(scaling: FeatureScaling, features: Float32Array, featureCount: number): Standardization {
  switch (scaling) {
    case 'standardize':
      return measureStandardization(features, featureCount)
    case 'rms': {
      const meanSquare = features.reduce((sum, value) => sum + value * value, 0) / features.length
      return uniform(featureCount, meanSquare > 0 ? 1 / Math.sqrt(meanSquare) : 1)
    }
    case 'none':
      return uniform(featureCount, 1)
  }
}

function uniform(featureCount: number, scale: number): Standardization {
  return { mean: new Float64Array(featureCount), scale: new Float64Array(featureCount).fill(scale) }
}

/**
 * Mean and 1 / deviation of each feature, row-major [rows, featureCount]; the deviation divides by the number of rows.
 * Features that do not vary get the scale 0, so that a head cannot use them.
 */
export function measureStandardization(features: Float32Array, featureCount: number): Standardization {
  const rows = features.length / featureCount
  const mean = new Float64Array(featureCount)
  features.forEach((value, index) => {
    mean[index % featureCount]! += value / rows
  })
  const variance = new Float64Array(featureCount)
  features.forEach((value, index) => {
    variance[index % featureCount]! += (value - mean[index % featureCount]!) ** 2 / rows
  })
  const deviation = variance.map(Math.sqrt)
  const floor = (leastDeviation * deviation.reduce((sum, value) => sum + value, 0)) / featureCount
  return { mean, scale: deviation.map((value) => (value > floor ? 1 / value : 0)) }
}

/** The features as the head is trained on them. */
export function standardize(features: Float32Array, { mean, scale }: Standardization): Float32Array {
  return features.map((value, index) => (value - mean[index % mean.length]!) * scale[index % mean.length]!)
}

/**
 * The head for raw features that equals a head for scaled ones:
 * `((x − m) ⊙ s) W + b = x (s ⊙ W) + (b − (m ⊙ s) W)`.
 */
export function foldStandardization(head: LinearHead, { mean, scale }: Standardization): LinearHead {
  const { classCount } = head
  const weights = new Float64Array(head.weights.length)
  const bias = Float64Array.from(head.bias)
  head.weights.forEach((weight: number, index: number) => {
    const feature = Math.floor(index / classCount)
    weights[index] = scale[feature]! * weight
    bias[index % classCount]! -= mean[feature]! * weights[index]!
  })
  return { weights: Float32Array.from(weights), bias: Float32Array.from(bias), classCount }
}
