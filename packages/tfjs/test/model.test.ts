import {
  binaryCrossEntropy,
  defineLoss,
  distributionBalancedLoss,
  evaluate,
  focalLoss,
  multiply,
  statisticsFromCounts,
} from '@dbloss/core'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { compileWithLoss, initializeHeadBias, loadWithLoss, saveWithLoss, toTfjsLoss } from '../src/index.ts'
import { classCount, featureCount, features, labels, sampleCount, statistics } from './support/problem.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
  // TensorFlow.js warns that a model whose loss was a function has none when it is loaded; loadWithLoss gives it back.
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

const xs = () => tf.tensor2d(features, [sampleCount, featureCount])
const ys = () => tf.tensor2d(labels, [sampleCount, classCount])
const linearHead = (name = 'head') =>
  tf.sequential({
    layers: [
      tf.layers.dense({
        units: 5,
        activation: 'relu',
        inputShape: [featureCount],
        kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }),
      }),
      tf.layers.dense({ name, units: classCount, kernelInitializer: tf.initializers.glorotUniform({ seed: 4 }) }),
    ],
  })
function twoOutputs(): tf.LayersModel {
  const input = tf.input({ shape: [featureCount] })
  const dense = (name: string, seed: number) =>
    tf.layers.dense({ name, units: classCount, kernelInitializer: tf.initializers.glorotUniform({ seed }) })
  return tf.model({
    inputs: input,
    outputs: [dense('animals', 1).apply(input), dense('places', 2).apply(input)] as tf.SymbolicTensor[],
  })
}

/** Keeps what is saved in memory, through JSON and bytes, as a file would. */
function memory() {
  let saved = ''
  let weights = new ArrayBuffer(0)
  return {
    handler: {
      save: async ({ weightData, ...artifacts }: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> => {
        saved = JSON.stringify(artifacts)
        weights = tf.io.concatenateArrayBuffers([weightData as ArrayBuffer].flat())
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
      },
      load: async (): Promise<tf.io.ModelArtifacts> => ({ ...JSON.parse(saved), weightData: weights.slice(0) }),
    },
    text: () => saved,
  }
}

const fit = (model: tf.LayersModel, epochs: number, y: tf.Tensor | tf.Tensor[] = ys()) =>
  model.fit(xs(), y, { epochs, batchSize: 8, shuffle: false, verbose: 0 })
const weightsOf = (model: tf.LayersModel) => model.getWeights().map((weight) => Array.from(weight.dataSync()))

describe('inside a model', () => {
  test('trainOnBatch and evaluate give the loss of the reference', async () => {
    const loss = distributionBalancedLoss(statistics)
    const model = linearHead()
    compileWithLoss(model, { loss, optimizer: tf.train.sgd(0.1), metrics: [toTfjsLoss(binaryCrossEntropy())] })
    const logits = (model.predict(xs()) as tf.Tensor).dataSync() as Float32Array
    const expected = evaluate(loss, { logits, labels, batchSize: sampleCount }).value
    const [evaluated, metric] = model.evaluate(xs(), ys(), { batchSize: sampleCount }) as tf.Scalar[]
    expect(evaluated!.dataSync()[0]).toBeCloseTo(expected, 6)
    const plain = evaluate(binaryCrossEntropy(), { logits, labels, batchSize: sampleCount }).value
    expect(metric!.dataSync()[0]).toBeCloseTo(plain, 6)
    expect(model.metricsNames).toEqual(['loss', 'binary-cross-entropy'])
    const [trained] = (await model.trainOnBatch(xs(), ys())) as number[]
    expect(trained).toBeCloseTo(expected, 6)
  })

  test('several outputs, each with its own loss, add up', async () => {
    const losses = { animals: distributionBalancedLoss(statistics), places: focalLoss() }
    const model = twoOutputs()
    compileWithLoss(model, { loss: losses, optimizer: 'sgd' })
    const logits = (model.predict(xs()) as tf.Tensor[]).map((tensor) => tensor.dataSync() as Float32Array)
    const parts = [losses.animals, losses.places].map(
      (loss, index) => evaluate(loss, { logits: logits[index]!, labels, batchSize: sampleCount }).value,
    )
    const [total] = (await model.trainOnBatch(xs(), [ys(), ys()])) as number[]
    expect(total).toBeCloseTo(parts[0]! + parts[1]!, 5)
  })
})

describe('saving and loading', () => {
  test.each(['adam', 'sgd', 'rmsprop', 'momentum'])('training goes on bit for bit with its %s state', async (name) => {
    const optimizer = name === 'momentum' ? tf.train.momentum(0.05, 0.9) : name
    const loss = distributionBalancedLoss(statistics, { gamma: 1, reduction: 'batchmean' })
    const [whole, first] = [linearHead(), linearHead()]
    compileWithLoss(whole, { loss, optimizer: name === 'momentum' ? tf.train.momentum(0.05, 0.9) : name })
    compileWithLoss(first, { loss, optimizer })
    await fit(whole, 6)
    await fit(first, 3)
    const { handler } = memory()
    await first.save(handler, { includeOptimizer: true })
    const { model, losses } = await loadWithLoss(tf.loadLayersModel(handler))
    expect(losses[0]!.loss).toMatchObject({ name: loss.name, parameters: loss.parameters, reduction: 'batchmean' })
    await fit(model, 3)
    expect(weightsOf(model)).toEqual(weightsOf(whole))
  })

  test('several outputs and functions as metrics', async () => {
    const model = twoOutputs()
    const loss = { animals: distributionBalancedLoss(statistics), places: focalLoss({ gamma: 1 }) }
    compileWithLoss(model, { loss, optimizer: 'adam', metrics: [toTfjsLoss(binaryCrossEntropy())] })
    await fit(model, 1, [ys(), ys()])
    const { handler } = memory()
    await saveWithLoss(model, handler)
    const plain = await tf.loadLayersModel(handler)
    expect(weightsOf(plain)).toEqual(weightsOf(model))
    const again = await loadWithLoss(tf.loadLayersModel(handler))
    expect(again.losses.map(({ loss: { name } }) => name)).toEqual(['distribution-balanced', 'focal'])
    await Promise.all([fit(model, 2, [ys(), ys()]), fit(again.model, 2, [ys(), ys()])])
    expect(weightsOf(again.model)).toEqual(weightsOf(model))
  })

  test('plain TensorFlow.js loads the model and predicts the same', async () => {
    const model = linearHead()
    compileWithLoss(model, { loss: distributionBalancedLoss(statistics), optimizer: 'adam' })
    await fit(model, 1)
    const { handler, text } = memory()
    await model.save(handler, { includeOptimizer: true })
    const plain = await tf.loadLayersModel(handler)
    expect((plain.predict(xs()) as tf.Tensor).dataSync()).toEqual((model.predict(xs()) as tf.Tensor).dataSync())
    expect(JSON.parse(text()).userDefinedMetadata.dbloss.losses[0]).toMatchObject({ name: 'distribution-balanced' })
  })

  test("keeps the user's own metadata", async () => {
    const model = linearHead()
    model.setUserDefinedMetadata({ author: 'me' })
    compileWithLoss(model, { loss: focalLoss(), optimizer: 'sgd' })
    expect(model.getUserDefinedMetadata()).toMatchObject({ author: 'me', dbloss: { version: 1 } })
  })

  test("losses of one's own through factories", async () => {
    const scaled = () => defineLoss({ name: 'scaled', formula: ({ logits }) => multiply(2, logits) })
    const model = linearHead()
    compileWithLoss(model, { loss: scaled(), optimizer: 'sgd' })
    const { handler } = memory()
    await model.save(handler, { includeOptimizer: true })
    await expect(loadWithLoss(tf.loadLayersModel(handler))).rejects.toThrow("no way to make the loss 'scaled' again")
    await expect(loadWithLoss(tf.loadLayersModel(handler), { factories: { scaled } })).resolves.toBeDefined()
  })

  test('models without a record, and without an optimizer', async () => {
    const { handler } = memory()
    const model = linearHead()
    await model.save(handler)
    await expect(loadWithLoss(tf.loadLayersModel(handler))).rejects.toThrow('hold no record of its losses')
    compileWithLoss(model, { loss: focalLoss(), optimizer: 'sgd' })
    await model.save(handler)
    await expect(loadWithLoss(tf.loadLayersModel(handler))).rejects.toThrow('was saved without its optimizer')
    await expect(loadWithLoss(tf.loadLayersModel(handler), { optimizer: 'adam' })).resolves.toBeDefined()
  })
})

describe('models whose outputs are not logits', () => {
  const dense = (activation?: 'sigmoid' | 'softmax' | 'linear') =>
    tf.layers.dense({ name: 'last', units: classCount, inputShape: [featureCount], ...(activation && { activation }) })
  const compile = (...layers: tf.layers.Layer[]) =>
    compileWithLoss(tf.sequential({ layers }), { loss: binaryCrossEntropy(), optimizer: 'sgd' })

  test.each([
    ['a sigmoid activation', () => compile(dense('sigmoid')), "layer 'last' with activation 'sigmoid'"],
    ['a softmax activation', () => compile(dense('softmax')), "layer 'last' with activation 'softmax'"],
    [
      'an activation layer',
      () => compile(dense(), tf.layers.activation({ name: 'act', activation: 'sigmoid' })),
      "layer 'act'",
    ],
    [
      'a softmax layer',
      () => compile(dense(), tf.layers.softmax({ name: 'soft' })),
      "layer 'soft' with activation 'Softmax'",
    ],
    [
      'a sigmoid before a reshape',
      () => compile(dense('sigmoid'), tf.layers.reshape({ targetShape: [classCount] })),
      "layer 'last'",
    ],
    ['a model as its last layer', () => compile(tf.sequential({ layers: [dense('sigmoid')] })), "layer 'last'"],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(expect.objectContaining({ code: 'model', message: expect.stringContaining(message) }))
  })
  test.each([
    ['no activation', () => compile(dense())],
    ['a linear activation', () => compile(dense('linear'))],
    ['a linear activation layer', () => compile(dense(), tf.layers.activation({ activation: 'linear' }))],
    ['a sigmoid further down', () => compile(dense('sigmoid'), tf.layers.dense({ units: classCount }))],
  ])('but %s is right', (_, run) => expect(run).not.toThrow())

  test('an output of another width', () => {
    const loss = distributionBalancedLoss(statisticsFromCounts({ classCounts: [5, 5], sampleCount: 20 }), { mu: 0.3 })
    expect(() => compileWithLoss(linearHead(), { loss, optimizer: 'sgd' })).toThrow(
      "output 'head' has 4 columns but the statistics describe 2 classes",
    )
  })
  test.each([
    ['too few losses', [focalLoss()]],
    ['an unknown output', { animals: focalLoss(), plants: focalLoss() }],
    ['a missing output', { animals: focalLoss() }],
  ])('%s', (_, loss) => {
    expect(() => compileWithLoss(twoOutputs(), { loss, optimizer: 'sgd' })).toThrow(
      'the model has the outputs animals, places',
    )
  })
})

describe('the bias of the head', () => {
  test('starts every class at its prior', () => {
    const model = linearHead()
    const head = model.getLayer('head')
    const kernel = head.getWeights()[0]!.dataSync()
    initializeHeadBias(head, statistics)
    const probabilities = tf.sigmoid(head.getWeights()[1]!).dataSync()
    for (const [index, count] of statistics.classCounts.entries()) {
      expect(probabilities[index]).toBeCloseTo(count / sampleCount, 6)
    }
    expect(head.getWeights()[0]!.dataSync()).toEqual(kernel)
  })
  test('is refused for classes without a prior, and for layers without a bias', () => {
    const never = statisticsFromCounts({ classCounts: [5, 0, 3, 1], sampleCount: 20, classNames: ['a', 'b', 'c', 'd'] })
    expect(() => initializeHeadBias(linearHead().getLayer('head'), never)).toThrow(
      'the prior of b is 0 or 1 and has no logit',
    )
    const plain = tf.sequential({
      layers: [tf.layers.dense({ name: 'plain', units: 4, useBias: false, inputShape: [2] })],
    })
    expect(() => initializeHeadBias(plain.getLayer('plain'), statistics)).toThrow("layer 'plain' has no bias")
  })
})
