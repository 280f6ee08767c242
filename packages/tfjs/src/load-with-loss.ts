import { DblossError, type LossFactory, restoreLoss } from '@dbloss/core'
import type * as tf from '@tensorflow/tfjs-core'
import { compileWithLoss } from './compile-with-loss.ts'
import type { DifferentiableLoss } from './differentiable-loss.ts'
import type { LayersModelLike, ModelMetrics } from './layers-model.ts'
import { recordedLosses } from './model-record.ts'

/** How to go on with a saved model. */
export interface LoadWithLossOptions {
  /** Default: the optimizer that was saved with the model (`includeOptimizer: true`), with its state. */
  readonly optimizer?: string | tf.Optimizer
  /** As in `model.compile`. Default: none. */
  readonly metrics?: ModelMetrics
  /** How to make losses of one's own (`defineLoss`) again, by name. */
  readonly factories?: Readonly<Record<string, LossFactory>>
}

/** A model that goes on training where it was saved. */
export interface LoadedModel<Model> {
  readonly model: Model
  /** The loss of each output; dispose them when the model is no longer trained. */
  readonly losses: readonly DifferentiableLoss<'rows'>[]
}

/**
 * Compiles a saved model again as `compileWithLoss` did: same losses, same optimizer with its state.
 *
 * @param loading - what `tf.loadLayersModel` gives.
 * @throws DblossError `model` when the model was not compiled by `compileWithLoss`, or was saved without its optimizer and
 * none is given; `argument` for a loss of one's own without a factory.
 *
 * @example
 * const { model } = await loadWithLoss(tf.loadLayersModel('indexeddb://animals'))
 * await model.fit(images, labels)
 */
export async function loadWithLoss<Model extends LayersModelLike>(
  loading: Model | Promise<Model>,
  { optimizer, metrics, factories }: LoadWithLossOptions = {},
): Promise<LoadedModel<Model>> {
  const model = await loading
  const loss = recordedLosses(model).map((record) => restoreLoss(record, factories))
  // Undefined in a model that was never compiled, though the type does not say so.
  const used = optimizer ?? (model.optimizer as tf.Optimizer | undefined)
  if (used === undefined) {
    throw new DblossError(
      'model',
      `model '${model.name}' was saved without its optimizer; pass one, or save with { includeOptimizer: true }`,
      { argument: 'optimizer', found: 'none', expected: 'an optimizer' },
    )
  }
  const losses = compileWithLoss(model, { loss, optimizer: used, ...(metrics === undefined ? {} : { metrics }) })
  return { model, losses }
}
