import { defineLoss, evaluate, max, type OptimizerSettings, power, type Reduction, subtract, sum } from '@dbloss/core'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import {
  adamW,
  createHeadTrainer,
  createTrainer,
  encodeModel,
  GraphBuilder,
  graphOf,
  sgd,
  type TrainingBatch,
  valueInfo,
  warmupCosine,
} from '../../src/index.ts'
import { createSmallTrainer, largestDifference, tensorsOf } from './support/create.ts'
import { randomValues } from './support/random-values.ts'
import { smallBatch, smallLoss } from './support/small-batch.ts'
import { CLASSES, FEATURES, smallModel, smallModelWeights } from './support/small-model.ts'

const batch = smallBatch(5, 1)
/** Float64 with sums of a dozen terms: whatever is written differently differs by rounding alone. */
const ROUNDING = 1e-12

/** The loss of the batch as a function of the small model's weights, in plain onnxruntime. */
async function lossOfWeights() {
  const model = smallModel()
  const graph = graphOf(model)
  const weights = graph.initializer.map(({ name, dims }) => valueInfo(name!, 'double', dims))
  const open = { ...model, graph: { ...graph, input: [...graph.input, ...weights], initializer: [] } }
  const session = await ort.InferenceSession.create(encodeModel(open))
  const { inputs, labels, batchSize } = batch
  const x = new ort.Tensor('float64', inputs.x, [batchSize, FEATURES])
  return async (values: Readonly<Record<string, Float64Array>>): Promise<number> => {
    const feeds = graph.initializer.map(({ name, dims }) => [name, new ort.Tensor('float64', values[name!]!, dims)])
    const outputs = await session.run({ x, ...Object.fromEntries(feeds) })
    return evaluate(smallLoss(), { logits: outputs.logits!.data as Float64Array, labels, batchSize }).value
  }
}

describe('one step of SGD', () => {
  test('moves every weight by −lr · ∂loss/∂w of finite differences', async () => {
    const trainer = await createSmallTrainer({
      trainable: smallModelWeights,
      optimizer: sgd({ learningRate: 1, momentum: 0 }),
    })
    const before = (await tensorsOf(trainer)) as Readonly<Record<string, Float64Array>>
    const { loss } = await trainer.step(batch)
    const after = await tensorsOf(trainer)
    await trainer.dispose()
    const lossAt = await lossOfWeights()
    expect(loss).toBeCloseTo(await lossAt(before), 12)

    const step = 1e-5
    for (const name of smallModelWeights) {
      const values = before[name]!
      const at = (index: number, offset: number) => {
        const moved = values.slice()
        moved[index]! += offset
        return lossAt({ ...before, [name]: moved })
      }
      const expected = new Float64Array(values.length)
      for (const index of values.keys())
        expected[index] = ((await at(index, step)) - (await at(index, -step))) / (2 * step)
      const got = values.map((value, index) => value - after[name]![index]!)
      // A central difference with step 1e-5 errs by some 1e-10 of second derivatives of order one.
      expect(largestDifference({ got }, { got: expected }), name).toBeLessThan(1e-7)
    }
  })
})

describe('a model of one Gemm follows the trainer of linear heads', () => {
  const features = 6
  const start = { weights: randomValues(features * CLASSES, 21), bias: randomValues(CLASSES, 22) }
  const graph = new GraphBuilder('head')
  const x = graph.input('x', 'double', ['batch', features])
  const weights = graph.initializer('head.weight', start.weights, [features, CLASSES])
  graph.output(
    'logits',
    graph.node('Gemm', [x, weights, graph.initializer('head.bias', start.bias, [CLASSES])]),
    'double',
  )
  const model = graph.toModel()

  test.each<[string, OptimizerSettings]>([
    ['AdamW with decay', adamW({ learningRate: 0.05, weightDecay: 0.1 })],
    ['AdamW, clipped', adamW({ learningRate: 0.05, clipNorm: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 })],
    ['SGD with momentum, decay and clipping', sgd({ learningRate: 0.5, weightDecay: 0.02, clipNorm: 0.1 })],
  ])('%s', async (_, optimizer) => {
    const [loss, schedule] = [
      smallLoss(),
      warmupCosine({ base: optimizer.learningRate, warmupSteps: 3, totalSteps: 12 }),
    ]
    const head = await createHeadTrainer({
      ...{ ort, loss, optimizer, schedule, initial: start, precision: 'float64' },
      ...{ featureCount: features, classCount: CLASSES },
    })
    const trainer = await createTrainer({ ort, model, trainable: /head/, loss, optimizer, schedule })
    for (let step = 0; step < 12; step++) {
      const { labels, batchSize } = smallBatch(7, step)
      const values = randomValues(features * batchSize, step)
      const expected = await head.step({ features: values, labels, batchSize })
      const got = await trainer.step({ inputs: { x: values }, labels, batchSize })
      expect(got.learningRate).toBe(expected.learningRate)
      expect(got.loss).toBeCloseTo(expected.loss, 12)
      expect(got.gradientNorm).toBeCloseTo(expected.gradientNorm, 12)
      const read = head.read()
      const wanted = { 'head.weight': read.weights, 'head.bias': read.bias }
      // AdamW's quotient m̂/√v̂ amplifies rounding where gradients are tiny.
      expect(largestDifference(await tensorsOf(trainer), wanted)).toBeLessThan(1e-10)
    }
    await head.dispose()
    await trainer.dispose()
  })
})

describe('stretches that are computed twice', () => {
  test.each([2, 3, 100])('%i of them give the same steps', async (recomputedStretches) => {
    const options = { trainable: smallModelWeights, optimizer: adamW({ learningRate: 0.01 }) }
    const [whole, cut] = [
      await createSmallTrainer(options),
      await createSmallTrainer({ ...options, recomputedStretches }),
    ]
    for (let step = 0; step < 3; step++) {
      const expected = await whole.step(batch)
      expect((await cut.step(batch)).loss).toBeCloseTo(expected.loss, 12)
    }
    expect(largestDifference(await tensorsOf(cut), await tensorsOf(whole))).toBeLessThan(1e-10)
    expect(await cut.predict(batch)).toEqual(await whole.predict(batch))
    await whole.dispose()
    await cut.dispose()
  })
})

describe('several batches in one step', () => {
  const parts = [smallBatch(1, 3), smallBatch(4, 4), smallBatch(2, 5)]
  const unknown = { ...smallBatch(2, 6), labels: new Float64Array(2 * CLASSES).fill(-1) }
  const joined = (batches: readonly (typeof batch)[]): TrainingBatch => ({
    inputs: { x: Float64Array.from(batches.flatMap(({ inputs }) => [...inputs.x])) },
    labels: Float64Array.from(batches.flatMap(({ labels }) => [...labels])),
    batchSize: batches.reduce((sum, { batchSize }) => sum + batchSize, 0),
  })

  test.each<Reduction>(['mean', 'batchmean', 'sum', 'none'])(
    'equal one of all samples, reduction %s',
    async (reduction) => {
      const [added, whole] = [
        await createSmallTrainer({ loss: smallLoss(reduction) }),
        await createSmallTrainer({ loss: smallLoss(reduction) }),
      ]
      const start = await added.state()
      for (const batches of [parts, [parts[0]!, unknown], [unknown, unknown]]) {
        for (const trainer of [added, whole]) trainer.restore(start)
        const got = await added.step(batches)
        const expected = await whole.step(joined(batches))
        expect(got.loss).toBeCloseTo(expected.loss, 12)
        expect(got.gradientNorm).toBeCloseTo(expected.gradientNorm, 12)
        expect(largestDifference(await tensorsOf(added), await tensorsOf(whole))).toBeLessThan(ROUNDING)
      }
      for (const trainer of [added, whole]) await trainer.dispose()
    },
  )

  test('equal one of all samples where the loss is a mean of rows', async () => {
    const lossOfRows = defineLoss({
      name: 'spread of logits',
      formula: ({ logits, labels }) => sum(power(subtract(logits, labels), 2), 'classes'),
    })
    const [added, whole] = [
      await createSmallTrainer({ loss: lossOfRows }),
      await createSmallTrainer({ loss: lossOfRows }),
    ]
    const got = await added.step(parts)
    expect(got.loss).toBeCloseTo((await whole.step(joined(parts))).loss, 12)
    expect(largestDifference(await tensorsOf(added), await tensorsOf(whole))).toBeLessThan(ROUNDING)
    for (const trainer of [added, whole]) await trainer.dispose()
  })

  test('are refused where the loss couples the rows of a batch', async () => {
    const coupled = defineLoss({
      name: 'coupled',
      formula: ({ logits }) => max(max(logits, 'classes'), 'batch'),
    })
    const trainer = await createSmallTrainer({ loss: coupled })
    await expect(trainer.step(parts)).rejects.toThrow(
      expect.objectContaining({ code: 'argument', message: expect.stringContaining('coupled couples the rows') }),
    )
    expect(trainer.stepCount).toBe(0)
    await trainer.step(parts[1]!)
    await trainer.dispose()
  })

  test('count as one step', async () => {
    const trainer = await createSmallTrainer()
    await trainer.step(parts)
    expect(trainer.stepCount).toBe(1)
    await trainer.dispose()
  })
})
