import { type LabelStatistics, type LongTailMetrics, type Loss, longTailMetrics } from '@dbloss/core'
import { classAwareDataset, compileWithLoss, initializeHeadBias } from '@dbloss/tfjs'
import * as tf from '@tensorflow/tfjs'
import { cosineSchedule } from './cosine-schedule.ts'
import type { Problem, Samples } from './long-tailed-data.ts'

/** How samples are drawn. */
export type Sampling = 'uniform' | 'class-aware'

/** Where the bias of the head starts: at 0, or where every class has its prior probability. */
export type Start = 'zeros' | 'priors'

/** How to train, and how long and how fast. */
export interface Settings {
  readonly sampling: Sampling
  readonly start: Start
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
}

/** Trains a linear head with a loss, and measures it on the test samples. */
export async function trainAndMeasure(
  problem: Problem,
  statistics: LabelStatistics,
  loss: Loss,
  { sampling, start, epochs, batchSize, learningRate }: Settings,
): Promise<LongTailMetrics> {
  const { training, test, classCount, featureCount } = problem
  const head = tf.layers.dense({ units: classCount, inputShape: [featureCount], kernelInitializer: 'zeros' })
  const model = tf.sequential({ layers: [head] })
  if (start === 'priors') initializeHeadBias(head, statistics)
  const optimizer = tf.train.adam(learningRate)
  const losses = compileWithLoss(model, { loss, optimizer })
  const xs = featureTensor(training, featureCount)
  const batchesPerEpoch = Math.ceil(training.labels.length / batchSize)
  const callbacks = cosineSchedule(optimizer, learningRate, epochs * batchesPerEpoch)
  if (sampling === 'uniform') {
    const ys = labelTensor(training, classCount)
    await model.fit(xs, ys, { epochs, batchSize, verbose: 0, callbacks })
    ys.dispose()
  } else {
    const gather = (indices: number[]): tf.Tensor => tf.tidy(() => tf.gather(xs, tf.tensor1d(indices, 'int32')))
    const dataset = classAwareDataset(tf.data, { labels: training.labels, classCount, xs: gather, batchSize, seed: 0 })
    await model.fitDataset(dataset.repeat(), { epochs, batchesPerEpoch, verbose: 0, callbacks })
  }
  const testFeatures = featureTensor(test, featureCount)
  const logits = model.predict(testFeatures) as tf.Tensor
  const metrics = longTailMetrics({
    labels: test.labels,
    scores: { data: await logits.data(), classCount },
    statistics,
  })
  tf.dispose([xs, testFeatures, logits])
  for (const each of losses) each.dispose()
  model.dispose()
  return metrics
}

function featureTensor({ features, labels }: Samples, featureCount: number): tf.Tensor2D {
  return tf.tensor2d(features, [labels.length, featureCount])
}

function labelTensor({ labels }: Samples, classCount: number): tf.Tensor2D {
  const rows = new Float32Array(labels.length * classCount)
  for (const [row, list] of labels.entries()) for (const index of list) rows[row * classCount + index] = 1
  return tf.tensor2d(rows, [labels.length, classCount])
}
