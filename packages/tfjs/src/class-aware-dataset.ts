import { type ClassAwareSamplerOptions, checkNumber, classAwareSampler } from '@dbloss/core'
import * as tf from '@tensorflow/tfjs-core'

/** A batch for `model.fitDataset`. */
export interface DatasetBatch extends tf.TensorContainerObject {
  xs: tf.TensorContainer
  /** [b, C] of 1, 0 and −1, float32. */
  ys: tf.Tensor2D
}

/** The part of `tf.data` that is needed. */
export interface DatasetFactory<Dataset> {
  generator(make: () => Iterator<DatasetBatch>): Dataset
}

/** What {@link classAwareDataset} needs. */
export interface ClassAwareDatasetOptions extends ClassAwareSamplerOptions {
  /** Makes the inputs of some samples, as `(indices) => tf.gather(images, indices)`; the tensors are disposed after the step. */
  readonly xs: (indices: number[]) => tf.TensorContainer
  /** At most so many samples a batch; the last of an epoch may have fewer. */
  readonly batchSize: number
}

/**
 * Class-aware batches for `model.fitDataset`: one iteration is an epoch of `max_i n_i · C / reduce` samples, and the next
 * goes on where the last stopped.
 *
 * @param data - `tf.data`.
 * @throws DblossError as `classAwareSampler`; `argument` for a batch size below 1.
 *
 * @example
 * const dataset = classAwareDataset(tf.data, { labels, xs: (indices) => tf.gather(images, indices), batchSize: 32, seed: 0 })
 * await model.fitDataset(dataset, { epochs: 20 })
 */
export function classAwareDataset<Dataset>(data: DatasetFactory<Dataset>, options: ClassAwareDatasetOptions): Dataset {
  const { xs, batchSize, ...sampling } = options
  checkNumber('batchSize', batchSize, { integer: true, minimum: 1 })
  const sampler = classAwareSampler(sampling)
  const labelsOf = labelRows(sampling)
  return data.generator(function* batches() {
    let indices: number[] = []
    const batch = (): DatasetBatch => ({ xs: xs(indices), ys: labelsOf(indices) })
    for (const index of sampler) {
      indices.push(index)
      if (indices.length < batchSize) continue
      yield batch()
      indices = []
    }
    if (indices.length > 0) yield batch()
  })
}

function labelRows({
  labels,
  classCount: given,
}: ClassAwareSamplerOptions): (indices: readonly number[]) => tf.Tensor2D {
  if ('data' in labels) {
    const { data, classCount } = labels
    return (indices) =>
      tf.tensor2d(
        Float32Array.from({ length: indices.length * classCount }, (_, at) => {
          return data[indices[Math.floor(at / classCount)]! * classCount + (at % classCount)]!
        }),
        [indices.length, classCount],
      )
  }
  const classCount =
    given ?? labels.reduce((largest, row) => row.reduce((most, index) => Math.max(most, index + 1), largest), 0)
  return (indices) => {
    const rows = new Float32Array(indices.length * classCount)
    indices.forEach((sample, row) => {
      for (const index of labels[sample]!) rows[row * classCount + index] = 1
    })
    return tf.tensor2d(rows, [indices.length, classCount])
  }
}
