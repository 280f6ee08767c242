import {
  binaryCrossEntropy,
  createRandom,
  evaluate,
  labelStatistics,
  namedLoss,
  type OptimizerSettings,
} from '@dbloss/core'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { adamW, createHeadTrainer, type HeadTrainerOptions, type LossKernel, sgd, warmupCosine } from '../src/index.ts'

const featureCount = 5
const classCount = 3
const batchSize = 8

const random = createRandom(1)
const normal = () => random.next() + random.next() + random.next() - 1.5
const labelLists = Array.from({ length: batchSize }, (_, row) =>
  [0, 1, 2].filter((index) => (row + index) % (index + 2) === 0),
)
const statistics = labelStatistics(labelLists, { classCount })
const loss = namedLoss('db-focal', statistics)
const batch = {
  features: Float64Array.from({ length: batchSize * featureCount }, normal),
  labels: Float64Array.from(labelLists.flatMap((list) => [0, 1, 2].map((index) => (list.includes(index) ? 1 : 0)))),
  batchSize,
}

/** The same training in plain float64 loops: the update rules as the docstrings of adamW and sgd state them. */
function plainTraining(optimizer: OptimizerSettings, steps: number) {
  const weights = new Float64Array(featureCount * classCount)
  const bias = new Float64Array(classCount)
  const moments = new Map([weights, bias].map((values) => [values, [values.slice(), values.slice()] as const]))
  for (let step = 1; step <= steps; step++) {
    const logits = Float64Array.from({ length: batchSize * classCount }, (_, at) => {
      const [row, column] = [Math.floor(at / classCount), at % classCount]
      let sum = bias[column]!
      for (let f = 0; f < featureCount; f++)
        sum += batch.features[row * featureCount + f]! * weights[f * classCount + column]!
      return sum
    })
    const { gradient } = evaluate(loss, { logits, labels: batch.labels, batchSize })
    const dWeights = weights.map((_, at) => {
      const [f, column] = [Math.floor(at / classCount), at % classCount]
      let sum = 0
      for (let row = 0; row < batchSize; row++)
        sum += batch.features[row * featureCount + f]! * gradient[row * classCount + column]!
      return sum
    })
    const dBias = bias.map((_, column) => {
      let sum = 0
      for (let row = 0; row < batchSize; row++) sum += gradient[row * classCount + column]!
      return sum
    })
    const norm = Math.hypot(...dWeights, ...dBias)
    const clip = optimizer.clipNorm === undefined ? 1 : Math.min(1, optimizer.clipNorm / norm)
    for (const [values, raw, decay] of [
      [weights, dWeights, optimizer.weightDecay ?? 0],
      [bias, dBias, 0],
    ] as const) {
      const [first, second] = moments.get(values)!
      values.forEach((value, at) => {
        const g = raw[at]! * clip
        let direction: number
        if (optimizer.kind === 'adamW') {
          first[at] = 0.9 * first[at]! + 0.1 * g
          second[at] = 0.999 * second[at]! + 0.001 * g * g
          const corrected = Math.sqrt(second[at]! / (1 - 0.999 ** step)) + 1e-8
          direction = first[at]! / (1 - 0.9 ** step) / corrected
        } else {
          first[at] = (optimizer.momentum ?? 0) * first[at]! + g
          direction = first[at]!
        }
        values[at] = value - optimizer.learningRate * (direction + decay * value)
      })
    }
  }
  return { weights, bias }
}

const create = (options: Partial<HeadTrainerOptions> = {}) =>
  createHeadTrainer({ ort, loss, featureCount, classCount, optimizer: adamW(), precision: 'float64', ...options })

describe('20 steps equal plain float64 loops', () => {
  test.each([
    ['AdamW', adamW({ learningRate: 0.05, weightDecay: 0.1 })],
    ['AdamW, clipped', adamW({ learningRate: 0.05, weightDecay: 0, clipNorm: 0.05 })],
    ['SGD', sgd({ learningRate: 0.5, momentum: 0 })],
    [
      'SGD with momentum, decay and clipping',
      sgd({ learningRate: 0.5, momentum: 0.9, weightDecay: 0.02, clipNorm: 0.1 }),
    ],
  ])('%s', async (_, optimizer) => {
    const trainer = await create({ optimizer })
    for (let step = 0; step < 20; step++) await trainer.step(batch)
    const [actual, expected] = [trainer.read(), plainTraining(optimizer, 20)]
    // AdamW's quotient m̂/√v̂ amplifies rounding where gradients are tiny.
    for (const [at, value] of actual.weights.entries()) expect(value).toBeCloseTo(expected.weights[at]!, 10)
    for (const [at, value] of actual.bias.entries()) expect(value).toBeCloseTo(expected.bias[at]!, 10)
    await trainer.dispose()
  })
})

describe('a kernel for the loss', () => {
  const kernel: LossKernel = {
    evaluate: (logits, labels, gradient) => {
      const result = evaluate(loss, { logits, labels, batchSize: logits.length / classCount })
      gradient.set(result.gradient)
      return result.value
    },
  }

  test('gives the steps of the graph', async () => {
    const optimizer = adamW({ learningRate: 0.05, weightDecay: 0.1, clipNorm: 0.5 })
    const [whole, split] = await Promise.all([
      create({ optimizer, precision: 'float32' }),
      create({ optimizer, precision: 'float32', kernel }),
    ])
    for (let step = 0; step < 20; step++) {
      const [expected, got] = [await whole.step(batch), await split.step(batch)]
      // Both round to float32, in another order; AdamW divides by small numbers.
      expect(got.loss).toBeCloseTo(expected.loss, 5)
      expect(got.gradientNorm).toBeCloseTo(expected.gradientNorm, 5)
    }
    const [expected, got] = [whole.read(), split.read()]
    got.weights.forEach((value, at) => {
      expect(value).toBeCloseTo(expected.weights[at]!, 4)
    })
    for (const trainer of [whole, split]) await trainer.dispose()
  })

  test('of a step that diverges keeps the state from before', async () => {
    const weights = new Float32Array(featureCount * classCount).fill(3e38)
    const trainer = await create({ precision: 'float32', kernel, initial: { weights, bias: [0, 0, 0] } })
    await expect(trainer.step(batch)).rejects.toMatchObject({
      code: 'runtime',
      message: expect.stringMatching(/diverged in step 1: loss is NaN/),
    })
    expect(trainer.read().weights).toEqual(weights)
    await trainer.dispose()
  })

  test('is refused in float64', async () => {
    await expect(create({ kernel })).rejects.toMatchObject({
      code: 'argument',
      message: 'precision is float64, but kernels compute in float32',
    })
  })
})

describe('a trainer', () => {
  test('lowers the loss, and reports it with the norm of the gradient and the learning rate', async () => {
    const schedule = warmupCosine({ base: 0.1, warmupSteps: 2, totalSteps: 50 })
    const trainer = await create({ schedule, precision: 'float32' })
    const steps = []
    for (let step = 0; step < 50; step++) steps.push(await trainer.step(batch))
    expect(steps[0]!.loss).toBeCloseTo(evaluate(loss, { ...batch, logits: new Float64Array(24) }).value, 6)
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss / 2)
    expect(steps[0]!.gradientNorm).toBeGreaterThan(0)
    expect(steps.map(({ learningRate }) => learningRate).slice(0, 3)).toEqual([0.05, 0.1, 0.1])
    await trainer.dispose()
  })

  test('predicts features · weights + bias', async () => {
    const initial = { weights: Float64Array.from({ length: 15 }, (_, at) => at / 10), bias: [1, 2, 3] }
    const trainer = await create({ initial })
    const logits = await trainer.predict(Float64Array.of(1, 0, 0, 0, 0, 0, 1, 0, 0, 1), 2)
    expect(Array.from(logits, (value) => Number(value.toFixed(12)))).toEqual([1, 2.1, 3.2, 2.5, 3.7, 4.9])
    await trainer.dispose()
  })

  test('goes on from a state bit for bit', async () => {
    const [whole, first, second] = [await create(), await create(), await create()]
    for (let step = 0; step < 6; step++) await whole.step(batch)
    for (let step = 0; step < 3; step++) await first.step(batch)
    second.restore(
      JSON.parse(
        JSON.stringify(first.state(), (_, value) =>
          ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
        ),
      ),
    )
    for (let step = 0; step < 3; step++) await second.step(batch)
    expect(second.read()).toEqual(whole.read())
    for (const trainer of [whole, first, second]) await trainer.dispose()
  })

  test('steps that are started together run one after the other', async () => {
    const [together, oneByOne] = [await create(), await create()]
    await Promise.all([together.step(batch), together.step(batch), together.step(batch)])
    for (let step = 0; step < 3; step++) await oneByOne.step(batch)
    expect(together.read()).toEqual(oneByOne.read())
    await together.dispose()
    await oneByOne.dispose()
  })

  test('predicts between steps that are started together', async () => {
    const [together, oneByOne] = [await create(), await create()]
    const [, logits] = await Promise.all([
      together.step(batch),
      together.predict(batch.features, batchSize),
      together.step(batch),
    ])
    await oneByOne.step(batch)
    expect(logits).toEqual(await oneByOne.predict(batch.features, batchSize))
    await Promise.all([together.dispose(), oneByOne.dispose()])
  })

  test('keeps its state when a step diverges', async () => {
    const trainer = await create({ optimizer: sgd({ learningRate: 1 }), precision: 'float32' })
    await trainer.step(batch)
    const before = trainer.state()
    const huge = { ...batch, features: batch.features.map((value) => value * 1e38) }
    await expect(trainer.step(huge)).rejects.toMatchObject({ code: 'runtime', found: expect.any(Number) })
    await expect(trainer.step(huge)).rejects.toThrow(/training diverged in step 2: .*try a lower learning rate/)
    expect(trainer.state()).toEqual(before)
    await trainer.step(batch)
    expect(trainer.state().step).toBe(2)
    await trainer.dispose()
  })

  test('is not restored under a running step', async () => {
    const trainer = await create()
    const before = trainer.state()
    const running = trainer.step(batch)
    expect(() => trainer.restore(before)).toThrow('a state cannot be restored while a step is running')
    await running
    trainer.restore(before)
    expect(trainer.state()).toEqual(before)
    await trainer.dispose()
  })

  test('says so when it is used after dispose, which may be called twice', async () => {
    const trainer = await create()
    const state = trainer.state()
    const last = trainer.step(batch)
    await trainer.dispose()
    await trainer.dispose()
    await expect(last).resolves.toMatchObject({ loss: expect.any(Number) })
    const message = 'the trainer was used after dispose()'
    await expect(trainer.step(batch)).rejects.toThrow(message)
    await expect(trainer.predict(batch.features, batchSize)).rejects.toThrow(message)
    expect(() => trainer.read()).toThrow(message)
    expect(() => trainer.restore(state)).toThrow(message)
  })

  test("does not touch the caller's arrays", async () => {
    const initial = { weights: new Float64Array(15).fill(0.5), bias: new Float64Array(3) }
    const copy = structuredClone({ batch, initial })
    const trainer = await create({ initial })
    await trainer.step(batch)
    expect({ batch, initial }).toEqual(copy)
    await trainer.dispose()
  })
})

describe('bad input is refused before the step', () => {
  test.each([
    ['too few features', { features: new Float64Array(7) }, 'features has 7 values; expected [8, 5]'],
    [
      'labels of another width',
      { labels: new Float64Array(16) },
      'labels has 2 columns but the statistics describe 3 classes',
    ],
    [
      'NaN features',
      { features: batch.features.map((value, at) => (at === 6 ? Number.NaN : value)) },
      'features[1, 1] is NaN',
    ],
    ['labels out of range', { labels: batch.labels.map((value, at) => (at === 4 ? 2 : value)) }, 'labels[1, 1] is 2'],
    ['an empty batch', { batchSize: 0 }, 'batchSize is 0'],
  ])('%s', async (_, change, message) => {
    const trainer = await create()
    const before = trainer.state()
    await expect(trainer.step({ ...batch, ...change })).rejects.toThrow(message)
    expect(trainer.state()).toEqual(before)
    await trainer.dispose()
  })
  test.each([
    [{ classCount: 4 }, 'classCount is 4 but the loss describes 3 classes'],
    [{ featureCount: 0 }, 'featureCount is 0'],
    [{ optimizer: { kind: 'adam' } as unknown as OptimizerSettings }, 'optimizer is {"kind":"adam"}'],
    [{ optimizer: { kind: 'adamW', learningRate: -1 } as OptimizerSettings }, 'learningRate is -1'],
    [{ initial: { weights: [1], bias: [0, 0, 0] } }, 'initial.weights has 1 values; expected 15'],
  ])('%o', async (options, message) => {
    await expect(create(options)).rejects.toThrow(message)
  })
  test('a state of other sizes', async () => {
    const trainer = await create()
    const other = await create({ loss: binaryCrossEntropy(), classCount: 2 })
    expect(() => trainer.restore(other.state())).toThrow('tensors.weights has 10 values; expected 15')
    await trainer.dispose()
    await other.dispose()
  })
  test.each([{ totalSteps: 0 }, { base: -1 }, { warmupSteps: 11 }, { final: 2 }])('a schedule with %o', (change) => {
    expect(() => warmupCosine({ base: 1, totalSteps: 10, ...change })).toThrow(
      expect.objectContaining({ code: 'argument' }),
    )
  })
  test('optimizer settings out of range', () => {
    expect(() => adamW({ beta1: 1 })).toThrow('beta1 is 1; expected a number at least 0 and below 1')
    expect(() => sgd({ clipNorm: 0 })).toThrow('clipNorm is 0; expected a number above 0')
  })
})
