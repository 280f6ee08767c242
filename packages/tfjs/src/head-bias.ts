import { classPriors, DblossError, type LabelStatistics } from '@dbloss/core'
import * as tf from '@tensorflow/tfjs-core'

/** A layer with a bias, as `tf.layers.dense`. */
export interface HeadLayer {
  readonly name: string
  getWeights(): tf.Tensor[]
  setWeights(weights: tf.Tensor[]): void
}

/**
 * Starts a head where each class has its prior probability: `b_i = log(p_i / (1 − p_i))`. Training then does not begin by
 * pushing all logits of a long-tailed set far down, which is most of the early loss.
 *
 * Call it when the layer is built: after it has become part of a model with a known input shape.
 *
 * @param layer - the last layer; its bias is its second weight, [C].
 * @throws DblossError `model` when the layer has no bias of the right size, `statistics` when a class is never or always
 * present (a `pseudoCount` resolves it).
 * @see Lin et al., Focal Loss for Dense Object Detection, ICCV 2017, section 4.1.
 */
export function initializeHeadBias(layer: HeadLayer, statistics: LabelStatistics): void {
  const [kernel, bias] = layer.getWeights()
  if (kernel === undefined || bias?.shape.length !== 1 || bias.shape[0] !== statistics.classCount) {
    throw new DblossError(
      'model',
      `layer '${layer.name}' has ${bias === undefined ? 'no bias' : `a bias of shape [${bias.shape}]`}; expected [${statistics.classCount}]`,
      { argument: 'layer', found: bias?.shape, expected: `a built layer with a bias of [${statistics.classCount}]` },
    )
  }
  const priors = classPriors(statistics)
  const undefinedClasses = [...priors.keys()].filter((index) => !(priors[index]! > 0 && priors[index]! < 1))
  if (undefinedClasses.length > 0) {
    const names = undefinedClasses.map((index) => statistics.classNames?.[index] ?? index).join(', ')
    throw new DblossError(
      'statistics',
      `the prior of ${names} is 0 or 1 and has no logit; give the statistics a pseudoCount`,
      { argument: 'statistics', found: names, expected: 'priors between 0 and 1' },
    )
  }
  tf.tidy(() => layer.setWeights([kernel, tf.tensor1d(Float32Array.from(priors, (p) => Math.log(p / (1 - p))))]))
}
