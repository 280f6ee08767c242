import type * as tf from '@tensorflow/tfjs-core'
import type { LayersModelLike } from './layers-model.ts'
import { recordedLosses } from './model-record.ts'

/** A model that can be saved. */
export interface SavableModel extends LayersModelLike {
  loss: unknown
  metrics: unknown
  save(target: tf.io.IOHandler | string, options?: tf.io.SaveConfig): Promise<tf.io.SaveResult>
}

/**
 * `model.save` with everything that `loadWithLoss` needs, optimizer state included. Plain TensorFlow.js loads the result
 * too; functions among the metrics are left out, because nothing can load them.
 *
 * `model.save(target, { includeOptimizer: true })` does the same for a model with one loss and no functions as metrics;
 * with more, TensorFlow.js refuses it.
 *
 * @throws DblossError `model` when the model was not compiled by `compileWithLoss`.
 */
export async function saveWithLoss(
  model: SavableModel,
  target: tf.io.IOHandler | string,
  options: tf.io.SaveConfig = {},
): Promise<tf.io.SaveResult> {
  recordedLosses(model)
  const { loss, metrics } = model
  try {
    // What TensorFlow.js writes for a single function; it refuses lists of them.
    model.loss = {}
    model.metrics = (Array.isArray(metrics) ? metrics : []).filter((metric) => typeof metric === 'string')
    return await model.save(target, { includeOptimizer: true, ...options })
  } finally {
    model.loss = loss
    model.metrics = metrics
  }
}
