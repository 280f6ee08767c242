import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  balancedSoftmaxLoss,
  evaluate,
  ldamLoss,
  logitAdjustedSoftmaxLoss,
  lossLatex,
  statisticsFromCounts,
} from '../../../src/index.ts'
import { expectEqualLosses, expectUnknownTakesNoPart, knownRows } from '../coupled-losses.ts'
import { anyBatches, hardBatches } from '../detection/batches.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import { expectFiniteAtExtremes, expectSameFromRecord } from '../loss-properties.ts'

const counts = [900, 40, 7]
const statistics = statisticsFromCounts({ classCounts: counts, sampleCount: 1000 })

/** Σ over the positives of −log(w_i e^{z_i} / Σ_j w_j e^{z_j}), as it is written. */
function byHand(row: readonly { z: number; y: number; index: number }[], weights: readonly number[]): number {
  const total = row.reduce((sum, { z, index }) => sum + weights[index]! * Math.exp(z), 0)
  return row.reduce((sum, { z, y, index }) => sum - y * Math.log((weights[index]! * Math.exp(z)) / total), 0)
}

const losses = [
  ['logit-adjusted softmax', (options: object) => logitAdjustedSoftmaxLoss(statistics, options)],
  [
    'logit-adjusted softmax, τ 2.5',
    (options: object) => logitAdjustedSoftmaxLoss(statistics, { tau: 2.5, ...options }),
  ],
  ['balanced softmax', (options: object) => balancedSoftmaxLoss(statistics, options)],
] as const

describe.each(losses)('%s', (_, create) => {
  test('has the gradient of finite differences, with soft and unknown labels', () => {
    const loss = create({})
    fc.assert(
      fc.property(anyBatches(3), (batch) => expectGradientOfFiniteDifferences(loss, batch)),
      { numRuns: 20 },
    )
  })
  test('is finite up to |z| = 1e4, also in float32', () => expectFiniteAtExtremes(create({})))
  test('takes nothing from unknown labels', () => expectUnknownTakesNoPart(create({ reduction: 'sum' })))
  test('comes back from its record', () => {
    const batch = { logits: Float64Array.of(0.5, -1, 2), labels: Float64Array.of(1, 0.25, -1), batchSize: 1 }
    expectSameFromRecord(create({ reduction: 'batchmean' }), batch)
  })
  test('costs nothing in a row without positives, and the mean is over all rows', () => {
    const positive = { logits: Float64Array.of(0.5, -1, 2), labels: Float64Array.of(1, 0, 1), batchSize: 1 }
    const both = {
      logits: Float64Array.of(0.5, -1, 2, 3, 2, 1),
      labels: Float64Array.of(1, 0, 1, 0, 0, 0),
      batchSize: 2,
    }
    const { value, rows, gradient } = evaluate(create({}), both)
    expect(rows![1]).toBe(0)
    expect([...gradient.slice(3)].map(Math.abs)).toEqual([0, 0, 0])
    expect(value).toBeCloseTo(evaluate(create({}), positive).value / 2, 14)
  })
})

describe('the formulas, against sums as they are written', () => {
  const labelTotal = counts.reduce((sum, count) => sum + count)
  test.each([
    ['τ 1', logitAdjustedSoftmaxLoss(statistics), counts.map((count) => count / labelTotal)],
    ['τ 0.5', logitAdjustedSoftmaxLoss(statistics, { tau: 0.5 }), counts.map((count) => (count / labelTotal) ** 0.5)],
    ['τ 0 is softmax cross-entropy', logitAdjustedSoftmaxLoss(statistics, { tau: 0 }), [1, 1, 1]],
    ['balanced softmax', balancedSoftmaxLoss(statistics), counts],
  ])('%s', (_, loss, weights) => {
    fc.assert(
      fc.property(anyBatches(3), (batch) => {
        const { rows } = evaluate(loss, batch)
        for (const [index, row] of knownRows(batch).entries()) {
          const expected = byHand(row, weights)
          // Some ten operations, on numbers of the size of the row's loss.
          expect(Math.abs(rows![index]! - expected)).toBeLessThanOrEqual(1e-14 * (10 + expected))
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('identities', () => {
  test('balanced softmax is logit-adjusted softmax with τ = 1: log n and log π differ by a constant', () => {
    const [balanced, adjusted] = [balancedSoftmaxLoss(statistics), logitAdjustedSoftmaxLoss(statistics)]
    fc.assert(fc.property(anyBatches(3), (batch) => expectEqualLosses(balanced, adjusted, batch)))
  })
  test('with equal counts τ has no effect, and LDAM without margin and scale is the same loss', () => {
    const equal = statisticsFromCounts({ classCounts: [5, 5, 5], sampleCount: 20 })
    const plain = logitAdjustedSoftmaxLoss(equal, { tau: 0 })
    const adjusted = logitAdjustedSoftmaxLoss(equal, { tau: 3 })
    const withoutMargin = ldamLoss(equal, { form: 'softmax', maximumMargin: 0, scale: 1 })
    fc.assert(
      fc.property(anyBatches(3), (batch) => {
        expectEqualLosses(adjusted, plain, batch)
        expectEqualLosses(withoutMargin, plain, batch)
      }),
      { numRuns: 20 },
    )
  })
  test('a row with several labels costs what its labels cost one by one', () => {
    const loss = logitAdjustedSoftmaxLoss(statistics, { reduction: 'sum' })
    fc.assert(
      fc.property(hardBatches(3), (batch) => {
        const oneByOne = [0, 1, 2].map((kept) => {
          const labels = batch.labels.map((y, index) => (y === 1 && index % 3 !== kept ? 0 : y))
          return evaluate(loss, { ...batch, labels }).value
        })
        const expected = oneByOne.reduce((sum, value) => sum + value)
        expect(Math.abs(evaluate(loss, batch).value - expected)).toBeLessThanOrEqual(1e-13 * (1 + expected))
      }),
      { numRuns: 20 },
    )
  })
  test('a constant model is best at the log of the class shares, and with the adjustment at equal scores', () => {
    // One row a label, as often as the counts say: the gradient of logits that all rows share is 0 at the best ones.
    const labels = [0, 0, 0, 1]
    const shares = statisticsFromCounts({ classCounts: [3, 1], sampleCount: 4 })
    const gradientAt = (loss: ReturnType<typeof balancedSoftmaxLoss>, logits: readonly number[]) => {
      const { gradient } = evaluate(loss, {
        logits: Float64Array.from(labels.flatMap(() => logits)),
        labels: Float64Array.from(labels.flatMap((label) => [label === 0 ? 1 : 0, label === 1 ? 1 : 0])),
        batchSize: 4,
      })
      return [0, 1].map((column) => gradient.filter((_, index) => index % 2 === column).reduce((a, b) => a + b))
    }
    for (const value of [
      ...gradientAt(logitAdjustedSoftmaxLoss(shares, { tau: 0 }), [Math.log(3), 0]),
      ...gradientAt(logitAdjustedSoftmaxLoss(shares), [0, 0]),
    ]) {
      expect(value).toBeCloseTo(0, 14)
    }
  })
})

test('reads like the paper', () => {
  expect(lossLatex(logitAdjustedSoftmaxLoss(statistics)).split('\n').slice(1, -1)).toEqual([
    String.raw`\ell &= \sum_{j} y_{j} \, \left(\log \sum_{k} e^{z'_{k}} - z'_{j}\right) \\`,
    String.raw`z'_{i} &= z_{i} + \tau \, \log \pi_{i}`,
  ])
})

test('a negative τ is refused', () => {
  expect(() => logitAdjustedSoftmaxLoss(statistics, { tau: -1 })).toThrow('tau is -1; expected a number at least 0')
})
