import { describe, expect, test } from 'vitest'
import { evaluate, focalLoss, rebalancedLoss, statisticsFromCounts } from '../../src/index.ts'
import { allLosses } from './all-losses.ts'

const statistics = statisticsFromCounts({ classCounts: [900, 300, 7], sampleCount: 1000 })

describe.each(allLosses)('$title', ({ create }) => {
  test.each([
    ['float64', undefined],
    ['float32', Math.fround],
  ] as const)('|z| up to 1e4 gives a finite loss and gradient in %s', (_, round) => {
    const loss = create(statistics, {})
    for (const magnitude of [1, 17, 40, 90, 800, 1e4]) {
      const result = evaluate(
        loss,
        {
          logits: Float64Array.of(magnitude, magnitude, -magnitude, -magnitude, magnitude, -magnitude),
          labels: Float64Array.of(1, 0, 1, 0, 0.5, 0.5),
          batchSize: 2,
        },
        round === undefined ? {} : { round },
      )
      expect(Number.isFinite(result.value)).toBe(true)
      expect([...result.elements!, ...result.gradient].every(Number.isFinite)).toBe(true)
    }
  })

  test('an unknown label is left out of loss, gradient and the other elements, even if its logit is NaN', () => {
    const loss = create(statistics, {})
    const withUnknown = evaluate(loss, {
      logits: Float64Array.of(0.5, Number.NaN, 2),
      labels: Float64Array.of(1, -1, 0),
      batchSize: 1,
    })
    const withNegative = evaluate(loss, {
      logits: Float64Array.of(0.5, -3, 2),
      labels: Float64Array.of(1, 0, 0),
      batchSize: 1,
    })
    expect(withUnknown.elements![1]).toBe(0)
    expect(withUnknown.gradient[1]).toBe(0)
    expect(withUnknown.value).toBeCloseTo((withUnknown.elements![0]! + withUnknown.elements![2]!) / 2, 12)
    // By batch and instance, the maximum is over the known weights; elsewhere a negative label changes no other element.
    if (!loss.parameters.weightNormalization || loss.parameters.weightNormalization === 'none') {
      expect(withUnknown.elements![0]).toBeCloseTo(withNegative.elements![0]!, 12)
      expect(withUnknown.elements![2]).toBeCloseTo(withNegative.elements![2]!, 12)
    }
  })

  test('a batch without known labels gives 0 and a zero gradient', () => {
    const { value, elements, gradient } = evaluate(create(statistics, {}), {
      logits: Float64Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY),
      labels: Float64Array.of(-1, -1, -1),
      batchSize: 1,
    })
    expect(value).toBe(0)
    expect([...elements!, ...gradient].every((number) => number === 0)).toBe(true)
  })

  test("the caller's arrays are untouched", () => {
    const logits = Float64Array.of(0.5, -1, 2)
    const labels = Float64Array.of(1, -1, 0)
    evaluate(create(statistics, {}), { logits, labels, batchSize: 1 })
    expect([...logits]).toEqual([0.5, -1, 2])
    expect([...labels]).toEqual([1, -1, 0])
  })
})

describe('rows without positives', () => {
  test.each([
    [10, 1.1],
    [-10, 0.1],
    [0, 0.6],
  ])('have the limit of the weight for r → ∞ with β = %d', (beta, expected) => {
    const { elements } = evaluate(rebalancedLoss(statistics, { alpha: 0.1, beta, mu: 0.3 }), {
      logits: Float64Array.of(0, 0, 0),
      labels: Float64Array.of(0, 0, 0),
      batchSize: 1,
    })
    for (const element of elements!) expect(element).toBeCloseTo(expected * Math.LN2, 12)
  })
})

test('more classes than a function takes arguments', () => {
  const many = statisticsFromCounts({ classCounts: Array<number>(200_000).fill(3), sampleCount: 1000 })
  expect(rebalancedLoss(many, { mu: 0.3 }).classCount).toBe(200_000)
})

describe('γ < 1 where σ(u) underflows', () => {
  test('the gradient is 0, not NaN', () => {
    const { gradient } = evaluate(focalLoss({ gamma: 0.5 }), {
      logits: Float64Array.of(1e4, -1e4),
      labels: Float64Array.of(1, 0),
      batchSize: 1,
    })
    expect([...gradient].map(Math.abs)).toEqual([0, 0])
  })
  test('the gradient follows the closed form far in the tail', () => {
    const z = 300
    const { gradient } = evaluate(focalLoss({ gamma: 0.5, balance: 1, reduction: 'sum' }), {
      logits: Float64Array.of(z),
      labels: Float64Array.of(1),
      batchSize: 1,
    })
    const q = Math.exp(-z)
    expect(gradient[0]! / (-(q ** 0.5) * (0.5 * q + q))).toBeCloseTo(1, 10)
  })
})
