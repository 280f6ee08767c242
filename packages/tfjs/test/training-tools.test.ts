import {
  classAwareSampler,
  DblossError,
  distributionBalancedLoss,
  longTailMetrics,
  statisticsFromCounts,
} from '@dbloss/core'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  classAwareDataset,
  compileWithLoss,
  type DatasetBatch,
  type LongTailCallbackOptions,
  longTailCallback,
  predictLabels,
} from '../src/index.ts'
import { classCount, featureCount, features, labelLists, labels, sampleCount, statistics } from './support/problem.ts'

beforeAll(() => tf.setBackend('cpu'))

const splitThresholds = { head: 10, tail: 5 }
const xs = () => tf.tensor2d(features, [sampleCount, featureCount])
const ys = () => tf.tensor2d(labels, [sampleCount, classCount])
function linearModel(learningRate = 0.5) {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: classCount, inputShape: [featureCount], kernelInitializer: 'zeros' })],
  })
  compileWithLoss(model, { loss: distributionBalancedLoss(statistics), optimizer: tf.train.sgd(learningRate) })
  return model
}
const monitorOf = (model: tf.Sequential, options: Partial<LongTailCallbackOptions> = {}) =>
  longTailCallback({ model, xs: xs(), labels: labelLists, statistics, splitThresholds, ...options })

describe('the callback', () => {
  test('puts mAP by split into the history of fit', async () => {
    const model = linearModel()
    const callback = monitorOf(model)
    const { history } = await model.fit(xs(), ys(), { epochs: 3, verbose: 0, callbacks: [callback] })
    expect(history.val_map_tail).toEqual(callback.history.map(({ map }) => map.tail))
    const { map } = longTailMetrics({
      labels: labelLists,
      scores: { data: (model.predict(xs()) as tf.Tensor).dataSync(), classCount },
      statistics,
      splitThresholds,
    })
    expect(callback.history[callback.best!.epoch]!.map).toEqual(map)
    expect(Object.keys(history)).toEqual(
      expect.arrayContaining(['loss', 'val_map', 'val_map_head', 'val_map_medium', 'val_map_tail']),
    )
  })

  test('works with fitDataset, and beside callbacks of TensorFlow.js', async () => {
    const model = linearModel()
    const callback = monitorOf(model)
    const dataset = classAwareDataset(tf.data, {
      labels: labelLists,
      xs: (rows) => tf.gather(xs(), rows),
      batchSize: 4,
      seed: 1,
      classCount,
    })
    await model.fitDataset(dataset, {
      epochs: 2,
      verbose: 0,
      callbacks: [tf.callbacks.earlyStopping({ monitor: 'loss' }), new tf.CustomCallback(callback)],
    })
    expect(callback.history.length).toBeGreaterThan(0)
  })

  test.each(['all', 'head', 'medium', 'tail'] as const)(
    'stops by mAP of %s and ends with the best weights',
    async (monitor) => {
      const model = linearModel(3)
      const seen: { value: number; weights: Float32Array }[] = []
      const callback = monitorOf(model, {
        monitor,
        patience: 2,
        onMetrics: async (_, { map }) => {
          seen.push({ value: map[monitor], weights: model.getWeights()[0]!.dataSync() as Float32Array })
        },
      })
      await model.fit(xs(), ys(), { epochs: 200, batchSize: 8, shuffle: false, verbose: 0, callbacks: callback })
      const values = seen.map(({ value }) => value)
      const best = values.indexOf(Math.max(...values))
      expect(seen.length).toBe(best + 3)
      expect(callback.best).toEqual({ epoch: best, value: values[best] })
      expect(model.getWeights()[0]!.dataSync()).toEqual(seen[best]!.weights)
    },
  )

  test('leaks nothing', async () => {
    const [model, x, y] = [linearModel(), xs(), ys()]
    const callback = longTailCallback({ model, xs: x, labels: labelLists, statistics, splitThresholds })
    await model.fit(x, y, { epochs: 1, verbose: 0, callbacks: callback })
    const before = tf.memory().numTensors
    await model.fit(x, y, { epochs: 4, verbose: 0, callbacks: callback })
    expect(tf.memory().numTensors).toBe(before)
  })

  test('ends a training that diverges, and says what to try', async () => {
    const model = linearModel()
    const broken = tf.mul(xs(), Number.NaN)
    const run = model.fit(broken, ys(), { epochs: 9, verbose: 0, callbacks: monitorOf(model) })
    await expect(run).rejects.toThrow(/training diverged in epoch \d+: the loss is .*; try a lower learning rate/)
  })

  test.each([
    [
      { monitor: 'tail', splitThresholds: { head: 2, tail: 1 } },
      "monitor is 'tail', but no class is in that split; expected all, head",
    ],
    [{ patience: 0 }, 'patience is 0'],
    [{ output: 'animals' }, 'output is animals; the model has'],
  ] as const)('refuses %o', (options, message) => {
    expect(() => monitorOf(linearModel(), options)).toThrow(message)
  })
})

describe('class-aware batches', () => {
  const dataset = (batchSize: number, options = {}) =>
    classAwareDataset(tf.data, {
      labels: labelLists,
      xs: (rows) => tf.tensor1d(rows, 'int32'),
      batchSize,
      seed: 7,
      classCount,
      ...options,
    })

  test('follow the sampler, epoch after epoch, with the labels of their samples', async () => {
    const sampler = classAwareSampler({ labels: labelLists, seed: 7, classCount })
    const batches = dataset(4)
    for (let epoch = 0; epoch < 3; epoch++) {
      const expected = [...sampler]
      const shown: number[] = []
      await batches.forEachAsync((batch) => {
        const { xs: rows, ys: rowLabels } = batch as DatasetBatch
        const indices = Array.from((rows as tf.Tensor).dataSync())
        const wanted = indices.flatMap((index) =>
          Array.from(labels.subarray(index * classCount, (index + 1) * classCount)),
        )
        expect(Array.from(rowLabels.dataSync())).toEqual(wanted)
        shown.push(...indices)
      })
      expect(shown).toEqual(expected)
    }
  })
  test('take a matrix with unknown labels', async () => {
    const matrix = Float32Array.of(1, -1, 0, 1, -1, 1)
    const [batch] = await dataset(99, { labels: { data: matrix, classCount: 2 }, classCount: undefined }).toArray()
    const { xs: indices, ys: rowLabels } = batch as DatasetBatch
    const rows = Array.from((indices as tf.Tensor).dataSync())
    expect(Array.from(rowLabels.dataSync())).toEqual(rows.flatMap((row) => [matrix[row * 2], matrix[row * 2 + 1]]))
  })
  test('are refused with a batch size of 0, or a class without samples', () => {
    expect(() => dataset(0)).toThrow('batchSize is 0')
    expect(() => dataset(4, { labels: [[0], [2]], classCount: 3 })).toThrow('class 1 has no sample')
  })
})

describe('prediction', () => {
  const logits = () => tf.tensor2d([2, -1, 0.1, -3, 4, 0], [2, 3])
  test('gives σ(z), and the labels above their thresholds, the most probable first', async () => {
    const { scores, labels: predicted } = await predictLabels(logits(), { classNames: ['cat', 'dog', 'owl'] })
    expect(Array.from(scores, (score) => Number(score.toFixed(4)))).toEqual([0.8808, 0.2689, 0.525, 0.0474, 0.982, 0.5])
    expect(predicted.map((row) => row.map(({ label }) => label))).toEqual([['cat', 'owl'], ['dog']])
    const tuned = await predictLabels(logits(), { thresholds: [0.9, 0.2, 0.4] })
    expect(tuned.labels.map((row) => row.map(({ classIndex }) => classIndex))).toEqual([
      [2, 1],
      [1, 2],
    ])
  })
  test.each([
    [{ thresholds: [0.5] }, 'shape', 'thresholds has 1 values but logits has 3 columns'],
    [{ thresholds: 1.5 }, 'argument', 'a threshold is 1.5; expected a probability'],
    [{ classNames: ['cat'] }, 'shape', 'classNames has 1 names but logits has 3 columns'],
  ])('refuses %o', async (options, code, message) => {
    await expect(predictLabels(logits(), options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
  })
  test('refuses logits of rank 1', async () => {
    await expect(predictLabels(tf.zeros([3]))).rejects.toBeInstanceOf(DblossError)
  })
})

test('statistics without a tail leave its mAP undefined, and it can still be measured', async () => {
  const model = linearModel()
  const even = statisticsFromCounts({ classCounts: [200, 200, 200, 200], sampleCount: 1000 })
  const callback = longTailCallback({ model, xs: xs(), labels: labelLists, statistics: even })
  await model.fit(xs(), ys(), { epochs: 1, verbose: 0, callbacks: callback })
  expect(callback.history[0]!.map.tail).toBeNaN()
})
