import {
  add,
  binaryCrossEntropy,
  defineLoss,
  distributionBalancedLoss,
  evaluate,
  max,
  multiply,
  ROWS,
  sum,
} from '@dbloss/core'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { droppingLoss, remindingLoss } from '../../../test-support/sourced-losses.ts'
import { deviceReport, differentiableLoss, toTfjsLoss } from '../src/index.ts'
import { describeBackends } from './support/backends.ts'
import { classCount, labels, partlyUnknown, sampleCount, statistics, trainedLosses } from './support/problem.ts'

const logits = Float32Array.from({ length: sampleCount * classCount }, (_, at) => 3 * Math.sin(at))
const tensors = (y: Float32Array = labels) => ({
  y: tf.tensor2d(y, [sampleCount, classCount]),
  z: tf.tensor2d(logits, [sampleCount, classCount]),
})
/** An upstream gradient that tells rows and columns apart. */
const seeds = { value: 1, rows: sampleCount, elements: sampleCount * classCount }
const seedOf = (output: keyof typeof seeds) =>
  Float32Array.from({ length: seeds[output] }, (_, at) => Math.cos(at) + 0.5)

function eachOutputWithItsGradient(backend: string): void {
  beforeAll(() => tf.setBackend(backend))
  for (const output of ['value', 'rows', 'elements'] as const) {
    test.each(trainedLosses)(`${output} of %s`, async (_, loss) => {
      const batch = { logits, labels: partlyUnknown, batchSize: sampleCount }
      const seed = seedOf(output)
      const expected = evaluate(loss, batch, { seed, output })
      const { y, z } = tensors(partlyUnknown)
      const apply = differentiableLoss(loss, { output })
      const result = apply(y, z) as tf.Tensor
      const upstream = tf.tensor(seed, result.shape)
      const gradient = tf.grad((x) => apply(y, x) as tf.Tensor)(z, upstream)
      const wanted = output === 'value' ? [expected.value] : expected[output]!
      const close = (got: ArrayLike<number>, want: ArrayLike<number>) => {
        const largest = Math.max(...Array.from(want, Math.abs))
        for (let at = 0; at < want.length; at++)
          expect(Math.abs(got[at]! - want[at]!)).toBeLessThan(32 * 2 ** -23 * largest)
      }
      close(await result.data(), wanted)
      close(await gradient.data(), expected.gradient)
      expect(result.rank).toBe({ value: 0, rows: 1, elements: 2 }[output])
      apply.dispose()
      tf.dispose([y, z, result, upstream, gradient])
    })
  }
}

describeBackends('each output and its gradient under any upstream gradient', eachOutputWithItsGradient)

describe('the same with the operations of cpu', () => {
  beforeAll(() => void vi.stubGlobal('WebAssembly', undefined))
  afterAll(() => void vi.unstubAllGlobals())
  eachOutputWithItsGradient('cpu')
})

describeBackends('in custom loops', (backend) => {
  beforeAll(() => tf.setBackend(backend))

  test('variableGrads through layers before and operations after, with nothing leaked', async () => {
    const loss = distributionBalancedLoss(statistics)
    const before = tf.memory().numTensors
    const apply = differentiableLoss(loss)
    const { y, z } = tensors()
    const scale = tf.tidy(() => tf.variable(tf.scalar(1)))
    const { value, grads } = tf.variableGrads(() => tf.mul(2, apply(y, tf.mul(scale, z))) as tf.Scalar, [scale])
    const expected = evaluate(loss, { logits, labels, batchSize: sampleCount })
    expect((await value.data())[0]).toBeCloseTo(2 * expected.value, 5)
    const [slope] = await Object.values(grads)[0]!.data()
    expect(slope).toBeCloseTo(2 * logits.reduce((sum, logit, at) => sum + logit * expected.gradient[at]!, 0), 5)
    tf.dispose([y, z, scale, value, Object.values(grads)])
    apply.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  test('labels as int32 and bool', async () => {
    const apply = toTfjsLoss(distributionBalancedLoss(statistics))
    const { y, z } = tensors()
    const expected = await apply(y, z).data()
    for (const dtype of ['int32', 'bool'] as const) expect(await apply(tf.cast(y, dtype), z).data()).toEqual(expected)
    apply.dispose()
  })

  // Shaders may take NaN for a number.
  test.runIf(backend !== 'webgpu')('logits that are not finite give what the operations give', async () => {
    const apply = differentiableLoss(binaryCrossEntropy(), { output: 'elements' })
    const [y, z] = [tf.tensor2d([0, 1, -1, 0], [1, 4]), tf.tensor2d([Number.NaN, 0, Number.NaN, 2], [1, 4])]
    const elements = await apply(y, z).data()
    expect(elements[0]).toBeNaN()
    expect(elements[1]).toBeCloseTo(Math.log(2), 6)
    expect(elements[2]).toBe(0)
    const gradient = await tf
      .grad((x) => apply(y, x))(z)
      .data()
    expect(gradient[0]).toBeNaN()
    expect(gradient[3]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6)
    apply.dispose()
  })

  test('any number of classes, and batches of any size', async () => {
    const apply = differentiableLoss(binaryCrossEntropy({ reduction: 'sum' }))
    for (const [rows, columns] of [
      [3, 5],
      [1, 1],
      [7, 2],
      [3, 5],
      [200, 6],
    ] as const) {
      const [y, z] = [tf.zeros([rows, columns]), tf.zeros([rows, columns])]
      const { value, grad } = tf.valueAndGrad((x) => apply(y, x))(z)
      expect((await value.data())[0]).toBeCloseTo(rows * columns * Math.log(2), 2)
      expect(await grad.data()).toEqual(new Float32Array(rows * columns).fill(0.5))
    }
    apply.dispose()
  })

  test('a gradient of the gradient is refused', () => {
    const apply = differentiableLoss(binaryCrossEntropy())
    const { y, z } = tensors()
    const gradient = (x: tf.Tensor) => tf.grad((w) => apply(y, w))(x)
    expect(() => tf.grad((x) => tf.sum(gradient(x)))(z)).toThrow(
      'the gradient of binary-cross-entropy cannot be differentiated again',
    )
    apply.dispose()
  })
})

describe('outputs that share logits', () => {
  beforeAll(() => tf.setBackend('cpu'))
  const coupled = defineLoss({
    name: 'coupled',
    formula: ({ logits: z }) => multiply(z, add(max(z, 'classes'), sum(z, 'batch'))),
  })
  test.each(['rows', 'elements'] as const)('%s run as operations, with their whole gradient', async (output) => {
    const apply = differentiableLoss(coupled, { output })
    const { y, z } = tensors()
    const seed = seedOf(output)
    const report = await deviceReport(() => apply(y, z) as tf.Tensor)
    expect(report).toMatchObject({ fused: 0, notFused: `the ${output} of coupled depend on one another's logits` })
    const gradient = tf.grad((x) => apply(y, x) as tf.Tensor)(z, tf.tensor(seed, (apply(y, z) as tf.Tensor).shape))
    const expected = evaluate(coupled, { logits, labels, batchSize: sampleCount }, { seed, output }).gradient
    const largest = Math.max(...expected.map(Math.abs))
    const got = await gradient.data()
    // A few roundings of sums over the batch.
    expected.forEach((want, at) => void expect(Math.abs(got[at]! - want)).toBeLessThan(32 * 2 ** -23 * largest))
  })
  test('their value runs in a fused kernel', async () => {
    const { y, z } = tensors()
    expect(await deviceReport(() => differentiableLoss(coupled)(y, z))).toMatchObject({ fused: 1 })
  })
})

test('a loss used on two backends in turn', async () => {
  const apply = differentiableLoss(distributionBalancedLoss(statistics))
  const values: number[] = []
  for (const backend of ['cpu', 'wasm', 'cpu']) {
    await tf.setBackend(backend)
    const { y, z } = tensors()
    values.push((await apply(y, z).data())[0]!)
  }
  expect(values[1]).toBeCloseTo(values[0]!, 6)
  expect(values[2]).toBe(values[0])
  apply.dispose()
})

test('further inputs', async () => {
  const weighted = defineLoss({
    name: 'weighted rows',
    inputs: { rowWeights: ROWS },
    reduction: 'sum',
    formula: ({ logits: z, inputs }) => multiply(inputs.rowWeights!, z),
  })
  const apply = differentiableLoss(weighted)
  const [y, z, rowWeights] = [tf.zeros([2, 2]), tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([10, 100], [2, 1])]
  expect(await apply(y, z, { rowWeights }).data()).toEqual(Float32Array.of(730))
  expect(await apply(y, z, { rowWeights: Float64Array.of(10, 100) }).data()).toEqual(Float32Array.of(730))
  const wrong: [Parameters<typeof apply>[2], string][] = [
    [undefined, 'is missing'],
    [{ rowWeights: tf.tensor2d([1, 2], [1, 2]) }, 'is [1,2]'],
    [{ rowWeights: Float32Array.of(1) }, 'has 1 values'],
  ]
  for (const [inputs, problem] of wrong) {
    expect(() => apply(y, z, inputs)).toThrow(`input 'rowWeights' of weighted rows ${problem}; expected [2,1]`)
  }
  expect(() => toTfjsLoss(weighted)).toThrow('needs the inputs rowWeights, which model.compile has no place for')
})

describe.each([droppingLoss(), remindingLoss()])('a source of further inputs: $name', (loss) => {
  describeBackends('in a custom loop', (backend) => {
    beforeAll(() => tf.setBackend(backend))

    test('has the steps of plain float64 loops, with nothing leaked', async () => {
      const [rate, batchSize] = [4, sampleCount]
      const [source, expectedSource] = [0, 1].map(() => loss.inputSource!({ classCount, seed: 3 }))
      const before = tf.memory().numTensors
      const apply = differentiableLoss(loss)
      const y = tf.tensor2d(labels, [sampleCount, classCount])
      const z = tf.tidy(() => tf.variable(tf.tensor2d(logits, [sampleCount, classCount])))
      const optimizer = tf.train.sgd(rate)
      let expected = Float64Array.from(logits)
      for (let step = 0; step < 4; step++) {
        const inputs = source!.inputsFor({ labels, batchSize })
        const observed = await z.data<'float32'>()
        const value = optimizer.minimize(() => apply(y, z, inputs), true)!
        source!.observe?.({ labels, batchSize, logits: observed })

        const batch = { logits: expected, labels, batchSize }
        const result = evaluate(loss, { ...batch, inputs: expectedSource!.inputsFor(batch) })
        expectedSource!.observe?.(batch)
        expected = expected.map((logit, at) => logit - rate * result.gradient[at]!)
        expect((await value.data())[0]).toBeCloseTo(result.value, 5)
        value.dispose()
      }
      const trained = await z.data()
      // Four steps of float32.
      for (const [at, logit] of expected.entries()) expect(trained[at]).toBeCloseTo(logit, 5)
      apply.dispose()
      optimizer.dispose()
      tf.dispose([y, z])
      expect(tf.memory().numTensors).toBe(before)
    })
  })

  test('is not for model.compile', () => {
    expect(() => toTfjsLoss(loss)).toThrow(
      `${loss.name} needs the inputs ${Object.keys(loss.inputs)}, which model.compile has no place for; use differentiableLoss with its inputSource in a loop of your own`,
    )
  })
})

describe('what is refused', () => {
  beforeAll(() => tf.setBackend('cpu'))
  const apply = toTfjsLoss(distributionBalancedLoss(statistics))
  test.each([
    ['logits of another width', [2, 3], [2, 3], 'logits has 3 columns but the statistics describe 4 classes'],
    ['labels of another width', [2, 3], [2, 4], 'labels is [2,3] but logits is [2,4]'],
    ['labels of another length', [3, 4], [2, 4], 'labels is [3,4] but logits is [2,4]'],
    ['labels of rank 1', [2], [2, 4], 'labels has rank 1; expected [batch size, classes]. Lists of class indices'],
    ['logits of rank 3', [2, 4], [2, 4, 1], 'logits has rank 3'],
  ])('%s', (_, y, z, message) => {
    expect(() => apply(tf.zeros(y), tf.zeros(z))).toThrow(
      expect.objectContaining({ code: 'shape', message: expect.stringContaining(message) }),
    )
  })
  test('int32 logits', () => {
    expect(() => apply(tf.zeros([2, 4]), tf.zeros([2, 4], 'int32'))).toThrow('logits is int32; expected float32')
  })

  test('a loss that was disposed', () => {
    const disposed = toTfjsLoss(binaryCrossEntropy())
    disposed.dispose()
    disposed.dispose()
    expect(() => disposed(tf.zeros([1, 2]), tf.zeros([1, 2]))).toThrow(
      'the loss binary-cross-entropy was used after dispose()',
    )
  })

  test('a loss that couples rows, as a loss by row', () => {
    const largest = defineLoss({ name: 'largest', formula: ({ logits: z }) => max(max(z, 'classes'), 'batch') })
    expect(() => toTfjsLoss(largest)).toThrow('largest couples the rows of a batch')
    const value = differentiableLoss(largest)(tf.zeros([2, 2]), tf.tensor2d([1, 5, 2, 3], [2, 2]))
    expect(value.dataSync()[0]).toBe(5)
  })
})
