import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Batch,
  binaryCrossEntropy,
  evaluate,
  lossRecord,
  restoreLoss,
  sampledLogisticLoss,
  sampledSoftmaxLoss,
} from '../../../src/index.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import { logisticByLoop, type SampledBatch, softmaxByLoop } from './reference.ts'

const losses = [
  { title: 'sampled softmax', create: sampledSoftmaxLoss, byLoop: softmaxByLoop },
  { title: 'sampled logistic', create: sampledLogisticLoss, byLoop: logisticByLoop },
]

/** The batch as losses take it; powers of two as weights and priors, so that float32 inputs have them almost exactly. */
function batchOf({ logits, labels, negativeWeights, priors }: SampledBatch): Batch {
  return {
    logits: Float64Array.from(logits.flat()),
    labels: Float64Array.from(labels.flat()),
    batchSize: logits.length,
    inputs: { negativeWeights: Float32Array.from(negativeWeights), logPriors: Float32Array.from(priors, Math.log) },
  }
}

const example: SampledBatch = {
  logits: [
    [0.3, -1.1, 2.2, 0.7, -0.4],
    [-0.8, 0.6, 1.4, -2.1, 0.9],
    [1.7, -0.2, 0.5, 0.1, -1.3],
  ],
  labels: [
    [1, 0, 0, 1, 0],
    [0, 0, 0, 0, 0],
    [-1, 1, 0, 0, -1],
  ],
  negativeWeights: [0.5, 4, 0, 2, 16],
  priors: [0.5, 0.25, 0.25, 0.0625, 0.125],
}

describe.each(losses)('$title', ({ title, create, byLoop }) => {
  test('is what the formula says, with unknown labels, undrawn classes and rows without positives', () => {
    const classCount = 4
    const rows = <Item>(item: fc.Arbitrary<Item>) =>
      fc.array(fc.array(item, { minLength: classCount, maxLength: classCount }), { minLength: 3, maxLength: 3 })
    const vector = <Item>(...items: Item[]) =>
      fc.array(fc.constantFrom(...items), { minLength: classCount, maxLength: classCount })
    fc.assert(
      fc.property(
        rows(fc.double({ min: -8, max: 8, noNaN: true })),
        rows(fc.constantFrom(-1, 0, 0, 1)),
        vector(0, 0.5, 3, 200),
        vector(0.5, 0.25, 0.0625),
        fc.constantFrom(0, 0.5, 1),
        (logits, labels, negativeWeights, priors, tau) => {
          const batch = { logits, labels, negativeWeights, priors }
          const { value } = evaluate(create({ tau, reduction: 'sum' }), batchOf(batch))
          const expected = byLoop(batch, tau)
          // log π is given in float32: a relative error of 2⁻²⁴ of a number below 3, times τ, in the exponent.
          expect(Math.abs(value - expected)).toBeLessThanOrEqual((tau === 0 ? 1e-12 : 1e-6) * (1 + expected))
        },
      ),
      { numRuns: 60 },
    )
  })

  test.each([0, 1, 0.5])('has the gradient of finite differences, τ %d', (tau) => {
    expectGradientOfFiniteDifferences(create({ tau }), batchOf(example))
    const soft = example.labels.map((row) => row.map((label, index) => (index === 1 && label >= 0 ? 0.3 : label)))
    expectGradientOfFiniteDifferences(create({ tau }), batchOf({ ...example, labels: soft }))
  })

  test.each([
    ['float64', {}],
    ['float32', { round: Math.fround }],
  ])('is finite for |z| up to 1e4, extreme weights and all kinds of rows, in %s', (_, options) => {
    const labels = [
      [1, 0, 0, 1, 0],
      [0, 0, 0, 0, 0],
      [1, 1, 1, 1, 1],
      [-1, -1, -1, -1, -1],
      [-1, 1, -1, 0, 0.5],
    ]
    for (const magnitude of [1, 90, 1e4]) {
      for (const weights of [
        [0, 0, 0, 0, 0],
        [1e-6, 1e6, 0, 1, 0],
      ]) {
        const logits = labels.map((row, number) => row.map((_, index) => ((number + index) % 2 ? 1 : -1) * magnitude))
        const batch = batchOf({ logits, labels, negativeWeights: weights, priors: [1, 1e-6, 1e-3, 0.1, 1e-6] })
        for (const tau of [0, 1, 2]) {
          const { value, elements, gradient } = evaluate(create({ tau }), batch, options)
          expect([value, ...elements!, ...gradient].every(Number.isFinite)).toBe(true)
        }
      }
    }
  })

  test('leaves unknown labels out, whatever their logits and weights', () => {
    const { logits, labels, inputs } = batchOf(example)
    const withNaN = logits.map((logit, index) => (labels[index] === -1 ? Number.NaN : logit))
    const result = evaluate(create({ tau: 1 }), { logits: withNaN, labels, batchSize: 3, inputs: inputs! })
    expect(result).toEqual(evaluate(create({ tau: 1 }), batchOf(example)))
    for (const index of [10, 14]) expect([result.elements![index], result.gradient[index]]).toEqual([0, 0])
  })

  test('classes of weight 0 that no row carries change nothing and have no gradient', () => {
    const full = evaluate(create({ tau: 1 }), batchOf(example))
    const without = <Item>(row: readonly Item[]): Item[] => row.filter((_, index) => index !== 2)
    const smaller = evaluate(
      create({ tau: 1 }),
      batchOf({
        logits: example.logits.map(without),
        labels: example.labels.map(without),
        negativeWeights: without(example.negativeWeights),
        priors: without(example.priors),
      }),
    )
    expect(smaller.value).toBeCloseTo(full.value, 14)
    expect([2, 7, 12].map((index) => full.gradient[index])).toEqual([0, 0, 0])
  })

  test('a record through JSON gives the same loss, bit for bit', () => {
    for (const loss of [create(), create({ tau: 0.7, reduction: 'sum' })]) {
      const again = restoreLoss(JSON.parse(JSON.stringify(lossRecord(loss))))
      expect(again).toMatchObject({ name: loss.name, parameters: loss.parameters, reduction: loss.reduction })
      expect(evaluate(again, batchOf(example))).toEqual(evaluate(loss, batchOf(example)))
    }
  })

  test('takes only the inputs that it needs, and says which one is missing', () => {
    const { inputs, ...rest } = batchOf(example)
    const { negativeWeights } = inputs as Record<string, Float32Array>
    expect(evaluate(create(), { ...rest, inputs: { negativeWeights: negativeWeights! } }).value).toBeGreaterThan(0)
    expect(() => evaluate(create({ tau: 1 }), { ...rest, inputs: { negativeWeights: negativeWeights! } })).toThrow(
      `input 'logPriors' of ${title.replace(' ', '-')} is missing; expected [1, 5]`,
    )
    expect(() => create({ tau: -1 })).toThrow('tau is -1; expected a number at least 0')
  })
})

describe('all classes with weight 1', () => {
  const negativeWeights = [1, 1, 1, 1, 1]
  const full = { ...example, negativeWeights, priors: negativeWeights }

  test('sampled logistic loss is binary cross-entropy, bit for bit but for the order of products', () => {
    const [sampled, bce] = [sampledLogisticLoss({ reduction: 'sum' }), binaryCrossEntropy({ reduction: 'sum' })].map(
      (loss) => evaluate(loss, batchOf(full)),
    )
    expect(sampled!.value).toBeCloseTo(bce!.value, 14)
    sampled!.gradient.forEach((derivative, index) => {
      expect(derivative).toBeCloseTo(bce!.gradient[index]!, 14)
    })
  })

  test('sampled softmax with one positive is softmax cross-entropy over all classes', () => {
    const labels = [0, 4, 2].map((y) => [0, 1, 2, 3, 4].map((index) => (index === y ? 1 : 0)))
    const { value } = evaluate(sampledSoftmaxLoss({ reduction: 'sum' }), batchOf({ ...full, labels }))
    const expected = full.logits.map((z, row) => {
      const y = labels[row]!.indexOf(1)
      return Math.log(z.reduce((sum, logit) => sum + Math.exp(logit), 0)) - z[y]!
    })
    expect(value).toBeCloseTo(expected[0]! + expected[1]! + expected[2]!, 14)
  })

  test('rows without positives cost nothing by softmax, and their negatives by the logistic loss', () => {
    const labels = full.labels.map((row) => row.map(() => 0))
    const batch = batchOf({ ...full, labels })
    const softmax = evaluate(sampledSoftmaxLoss(), batch)
    expect([softmax.value, ...softmax.gradient.map(Math.abs)]).toEqual(new Array(16).fill(0))
    expect(evaluate(sampledLogisticLoss({ tau: 1, reduction: 'sum' }), batch).value).toBeCloseTo(
      evaluate(binaryCrossEntropy({ reduction: 'sum' }), batch).value,
      14,
    )
  })
})
