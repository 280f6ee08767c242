import { uniformSampler } from '@dbloss/core'
import { classAwareDataset, type DatasetBatch } from '@dbloss/tfjs'
import * as tf from '@tensorflow/tfjs-core'
import * as data from '@tensorflow/tfjs-data'

/** How training pictures are drawn. */
export type SamplerName = 'uniform' | 'class-aware'

/** What both samplers draw from. */
interface BatchSource {
  readonly images: tf.Tensor3D
  /** For each picture the indices of its kinds. */
  readonly labels: readonly (readonly number[])[]
  readonly classCount: number
  readonly batchSize: number
  readonly seed: number
}

/** Batches for `fitDataset`. An epoch has as many pictures as the training set with either sampler, so that both see equally many. */
export function createBatches(sampler: SamplerName, source: BatchSource): data.Dataset<DatasetBatch> {
  return sampler === 'uniform' ? uniformBatches(source) : classAwareBatches(source)
}

function classAwareBatches({ images, labels, classCount, batchSize, seed }: BatchSource): data.Dataset<DatasetBatch> {
  const counts = new Array<number>(classCount).fill(0)
  for (const index of labels.flat()) counts[index]!++
  return classAwareDataset<data.Dataset<DatasetBatch>>(data, {
    labels,
    classCount,
    xs: (indices) => tf.gather(images, indices),
    batchSize,
    seed,
    // The usual epoch is of max_i n_i · C / 4 samples.
    reduce: (Math.max(...counts) * classCount) / labels.length,
  })
}

function uniformBatches({ images, labels, classCount, batchSize, seed }: BatchSource): data.Dataset<DatasetBatch> {
  const sampler = uniformSampler({ sampleCount: labels.length, seed })
  return data.generator(function* batches(): Generator<DatasetBatch> {
    const order = [...sampler]
    for (let start = 0; start < order.length; start += batchSize) {
      const indices = order.slice(start, start + batchSize)
      const rows = indices.map((index) => manyHot(labels[index]!, classCount))
      yield { xs: tf.gather(images, indices), ys: tf.tensor2d(rows, [indices.length, classCount]) }
    }
  })
}

function manyHot(classes: readonly number[], classCount: number): number[] {
  return Array.from({ length: classCount }, (_, index) => (classes.includes(index) ? 1 : 0))
}
