import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  binaryCrossEntropy,
  classBalancedLoss,
  distributionBalancedLoss,
  evaluate,
  focalLoss,
  inverseFrequencyLoss,
  type Loss,
  negativeTolerantLoss,
  rebalancedLoss,
  statisticsFromCounts,
} from '../../src/index.ts'
import { allLosses } from './all-losses.ts'

const statistics = statisticsFromCounts({ classCounts: [900, 300, 7], sampleCount: 1000 })

const batches = fc.record({
  logits: fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 6, maxLength: 6 }),
  labels: fc.array(fc.constantFrom(0, 1, 1, 0, -1), { minLength: 6, maxLength: 6 }),
})

/** Equal up to rounding: a dozen float64 operations. */
function expectEqualLosses(left: Loss, right: Loss, factor = 1): void {
  fc.assert(
    fc.property(batches, ({ logits, labels }) => {
      const batch = { logits: Float64Array.from(logits), labels: Float64Array.from(labels), batchSize: 2 }
      const [first, second] = [evaluate(left, batch), evaluate(right, batch)]
      const close = (a: number, b: number): void => {
        expect(Math.abs(a - factor * b)).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(a)))
      }
      close(first.value, second.value)
      for (const [index, element] of first.elements!.entries()) close(element, second.elements![index]!)
      for (const [index, derivative] of first.gradient.entries()) close(derivative, second.gradient[index]!)
    }),
    { numRuns: Number(process.env.DBLOSS_PROPERTY_RUNS ?? 25) },
  )
}

describe('members of the family are each other with parts switched off', () => {
  test('focal with γ = 0 is binary cross-entropy', () =>
    expectEqualLosses(focalLoss({ gamma: 0 }), binaryCrossEntropy()))
  test('NT-BCE with λ = 1, κ = 0 is binary cross-entropy', () =>
    expectEqualLosses(negativeTolerantLoss(statistics, { lambda: 1, kappa: 0 }), binaryCrossEntropy()))
  test('DB with λ = 1, κ = 0 is R-BCE', () =>
    expectEqualLosses(
      distributionBalancedLoss(statistics, { mu: 0.3, lambda: 1, kappa: 0 }),
      rebalancedLoss(statistics, { mu: 0.3, gamma: 2 }),
    ))
  test('R-BCE with β = 0, α = 0.5 is binary cross-entropy', () =>
    expectEqualLosses(rebalancedLoss(statistics, { alpha: 0.5, beta: 0, mu: 0 }), binaryCrossEntropy()))
  test('class-balanced with b = 0 is focal', () =>
    expectEqualLosses(classBalancedLoss(statistics, { beta: 0 }), focalLoss()))
  test('class-balanced with b → 1 is inverse frequency / N', () =>
    expectEqualLosses(
      classBalancedLoss(statistics, { beta: 1 - 1e-16, gamma: 0 }),
      inverseFrequencyLoss(statistics),
      1 / 1000,
    ))
  test('inverse frequency with exponent 0 is binary cross-entropy', () =>
    expectEqualLosses(inverseFrequencyLoss(statistics, { exponent: 0 }), binaryCrossEntropy()))
  test('the variants agree for λ = 1', () =>
    expectEqualLosses(
      negativeTolerantLoss(statistics, { lambda: 1, variant: 'released' }),
      negativeTolerantLoss(statistics, { lambda: 1 }),
    ))
  test('balance is a factor', () => expectEqualLosses(focalLoss({ balance: 3 }), focalLoss({ balance: 1 }), 3))
})

describe('the one-sided form for hard labels equals the two-sided', () => {
  test.each(allLosses)('$title', ({ create }) =>
    expectEqualLosses(create(statistics, { hardLabels: true }), create(statistics, {})),
  )
})

describe('reductions', () => {
  const batch = {
    logits: Float64Array.of(1, -2, 0.5, 3, 0, -1),
    labels: Float64Array.of(1, 0, -1, 0, 1, -1),
    batchSize: 2,
  }
  test.each(allLosses)('of $title are multiples of each other', ({ create }) => {
    const [mean, sum, batchmean, none] = (['mean', 'sum', 'batchmean', 'none'] as const).map((reduction) =>
      evaluate(create(statistics, { reduction }), batch),
    )
    const total = none!.elements!.reduce((a, b) => a + b)
    expect(sum!.value).toBeCloseTo(total, 12)
    expect(none!.value).toBeCloseTo(total, 12)
    expect(mean!.value).toBeCloseTo(total / 4, 12)
    expect(batchmean!.value).toBeCloseTo(total / 2, 12)
    sum!.gradient.forEach((derivative, index) => {
      expect(mean!.gradient[index]).toBeCloseTo(derivative / 4, 12)
      expect(batchmean!.gradient[index]).toBeCloseTo(derivative / 2, 12)
    })
  })
})
