import { DblossError } from '@dbloss/core'
import type * as tf from '@tensorflow/tfjs-core'

/** A layer, as far as it is looked at. */
export interface ModelLayer {
  readonly name: string
  /** The activation of layers that have one. */
  readonly activation?: { getClassName(): string }
  getClassName(): string
}

/** The place of a tensor in a model: which layer makes it, and from what. */
export interface ModelTensor {
  readonly shape: readonly (number | null)[]
  readonly sourceLayer: ModelLayer
  readonly inputs: readonly ModelTensor[]
}

/** How a model is compiled. */
export interface ModelCompileArguments {
  optimizer: string | tf.Optimizer
  loss: RowLossFunction | RowLossFunction[]
  metrics?: ModelMetrics
}

/** Names of metrics, or functions. */
export type ModelMetrics = (string | RowLossFunction)[]

/** The form of a loss and of a metric in `model.compile`. */
export type RowLossFunction = (labels: tf.Tensor, logits: tf.Tensor) => tf.Tensor

/**
 * A `tf.LayersModel` or `tf.Sequential`, as far as this package needs it; told by its shape, because more than one copy of
 * tfjs-layers may be loaded.
 */
export interface LayersModelLike {
  readonly name: string
  readonly outputs: readonly ModelTensor[]
  /** Empty in a `tf.Sequential` that was not compiled yet. */
  readonly outputNames: readonly string[]
  readonly optimizer: tf.Optimizer
  stopTraining: boolean
  compile(options: ModelCompileArguments): void
  predict(inputs: tf.Tensor | tf.Tensor[], options?: { batchSize?: number }): tf.Tensor | tf.Tensor[]
  getWeights(): tf.Tensor[]
  setWeights(weights: tf.Tensor[]): void
  getUserDefinedMetadata(): object
  setUserDefinedMetadata(metadata: object): void
}

/** An output of a model by name. */
export interface NamedOutput {
  readonly name: string
  readonly tensor: ModelTensor
}

/**
 * The outputs of a model in order.
 *
 * @throws DblossError `model` for a model whose sizes are not known yet.
 */
export function namedOutputs({ name, outputs, outputNames }: LayersModelLike): NamedOutput[] {
  if ((outputs?.length ?? 0) === 0) {
    throw new DblossError('model', `model '${name}' has no outputs yet; give its first layer an inputShape`, {
      argument: 'model',
      found: 'no outputs',
      expected: 'a model whose shapes are known',
    })
  }
  return outputs.map((tensor, index) => ({ name: outputNames[index] ?? tensor.sourceLayer.name, tensor }))
}
