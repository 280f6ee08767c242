import { describe, expect, test } from 'vitest'
import {
  type AsymmetricLossOptions,
  asymmetricLoss,
  type Batch,
  binaryCrossEntropy,
  evaluate,
  focalLoss,
  lossLatex,
} from '../../../src/index.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import {
  expectFiniteAtExtremes,
  expectSameFromRecord,
  expectSameWithHardLabels,
  expectUnknownLeftOut,
} from '../loss-properties.ts'

/** The margin 0.05 is reached at z = −2.94: two of the negatives are below, and none is near. */
const batch: Batch = {
  logits: Float64Array.of(0.5, -1, 2, -3.5, 1.2, -2.5, -6, 4),
  labels: Float64Array.of(1, 0, 0, 0, 1, 0.25, 0, -1),
  batchSize: 2,
}

const variants: readonly AsymmetricLossOptions[] = [
  {},
  { gammaPositive: 0, gammaNegative: 0, margin: 0 },
  { gammaPositive: 0, gammaNegative: 0 },
  { gammaPositive: 0.5, gammaNegative: 0.5 },
  { gammaPositive: 0.5, gammaNegative: 0.5, margin: 0 },
  { gammaNegative: 2.5, margin: 0.4 },
  { detachFocal: true },
  { gammaNegative: 0.01, margin: 0.99, detachFocal: true },
]

describe('open-mmlab/mmpretrain@0979e78, tests/test_models/test_losses.py test_asymmetric_loss', () => {
  test.each([
    [0.05, 3.80845 / 3],
    [0, 5.1186 / 3],
  ])('margin %d', (margin, expected) => {
    const { value } = evaluate(asymmetricLoss({ margin }), {
      logits: Float64Array.of(5, -5, 0, 5, -5, 0),
      labels: Float64Array.of(1, 0, 1, 0, 1, 0),
      batchSize: 2,
    })
    // The numbers stand there with five and six digits.
    expect(Math.abs(value / expected - 1)).toBeLessThan(1e-5)
  })
})

/** −y (1 − p)^γ₊ log p − (1 − y) p_m^γ₋ log(1 − p_m), as the paper writes it. */
function asPublished(z: number, y: number, options: AsymmetricLossOptions): number {
  const { gammaPositive = 1, gammaNegative = 4, margin = 0.05 } = options
  const p = 1 / (1 + Math.exp(-z))
  const shifted = Math.max(p - margin, 0)
  return -y * (1 - p) ** gammaPositive * Math.log(p) - (1 - y) * shifted ** gammaNegative * Math.log(1 - shifted)
}

describe.each(variants.map((options) => ({ options, loss: asymmetricLoss(options) })))(
  '$options',
  ({ options, loss }) => {
    test('is the formula of the paper', () => {
      const { elements } = evaluate(loss, batch)
      elements!.forEach((element, index) => {
        const label = batch.labels[index]!
        // Up to the digits that the plain formula loses in 1 − p.
        expect(element).toBeCloseTo(label === -1 ? 0 : asPublished(batch.logits[index]!, label, options), 12)
      })
    })
    test('is finite at extremes', () => expectFiniteAtExtremes(loss))
    test('leaves unknown labels out', () => expectUnknownLeftOut(loss))
    test('comes back from its record', () => expectSameFromRecord(loss, batch))
    test('has a program for hard labels', () => expectSameWithHardLabels(loss, batch))
  },
)

describe('the gradient equals finite differences', () => {
  test.each(variants.filter(({ detachFocal }) => !detachFocal))('%o', (options) => {
    for (const reduction of ['mean', 'sum', 'batchmean', 'none'] as const) {
      expectGradientOfFiniteDifferences(asymmetricLoss({ ...options, reduction }), batch)
    }
  })
})

describe('identities', () => {
  test.each([
    ['γ₊ = γ₋ = 0 and m = 0: binary cross-entropy', 0, binaryCrossEntropy()],
    ['γ₊ = γ₋ and m = 0: focal loss with balance 1', 2, focalLoss({ gamma: 2, balance: 1 })],
  ])('%s', (_, gamma, expected) => {
    const loss = asymmetricLoss({ gammaPositive: gamma, gammaNegative: gamma, margin: 0 })
    const [got, other] = [evaluate(loss, batch), evaluate(expected, batch)]
    // A dozen float64 operations.
    expect(got.value).toBeCloseTo(other.value, 14)
    got.gradient.forEach((derivative, index) => {
      expect(derivative).toBeCloseTo(other.gradient[index]!, 14)
    })
  })
})

describe('the focal factor as a constant', () => {
  test('changes no value, and the gradient is the factor times that of binary cross-entropy', () => {
    const options = { gammaPositive: 1, gammaNegative: 4, margin: 0, reduction: 'sum' } as const
    const hard = { ...batch, labels: Float64Array.from(batch.labels, Math.round) }
    const detached = evaluate(asymmetricLoss({ ...options, detachFocal: true }), hard)
    expect(detached.value).toBe(evaluate(asymmetricLoss(options), hard).value)
    const { gradient } = evaluate(binaryCrossEntropy({ reduction: 'sum' }), hard)
    detached.gradient.forEach((derivative, index) => {
      const p = 1 / (1 + Math.exp(-batch.logits[index]!))
      const factor = hard.labels[index] === 1 ? 1 - p : p ** 4
      expect(derivative).toBeCloseTo(factor * gradient[index]!, 14)
    })
  })
})

describe('the margin', () => {
  const negative = (z: number, options: AsymmetricLossOptions = {}) =>
    evaluate(asymmetricLoss(options), { logits: Float64Array.of(z), labels: Float64Array.of(0), batchSize: 1 })

  test('below it and on it, a negative costs nothing and has no gradient', () => {
    for (const gammaNegative of [0, 0.5, 1, 4]) {
      for (const [z, margin] of [
        [-5, 0.05],
        [-1e4, 0.05],
        [0, 0.5],
      ] as const) {
        const { value, gradient } = negative(z, { gammaNegative, margin })
        expect([value, gradient[0]].map(Math.abs as (value: number | undefined) => number)).toEqual([0, 0])
      }
    }
  })
  test('just above it, a γ below 1 has a small gradient and not an infinite one', () => {
    const { gradient } = negative(Math.log(0.05 / 0.95) + 1e-9, { gammaNegative: 0.5 })
    expect(gradient[0]).toBeGreaterThan(0)
    expect(gradient[0]).toBeLessThan(1e-4)
  })
  test('far above it, the loss ends at −(1 − m)^γ log m', () => {
    expect(negative(1e4).value).toBeCloseTo(-(0.95 ** 4) * Math.log(0.05), 12)
  })
})

test('in float32, a negative keeps its digits where p is about to be 1', () => {
  const at = { logits: Float64Array.of(9), labels: Float64Array.of(0), batchSize: 1 }
  for (const margin of [0, 0.001]) {
    const loss = asymmetricLoss({ margin })
    const [precise, rounded] = [evaluate(loss, at), evaluate(loss, at, { round: Math.fround })]
    // A few eps of float32; 1 − p_m as a difference from 1 would be off by 1e-3 of the gradient.
    expect(Math.abs(rounded.gradient[0]! / precise.gradient[0]! - 1)).toBeLessThan(1e-5)
  }
})

test('LaTeX reads as the paper', () => {
  expect(lossLatex(asymmetricLoss()).split('\n')).toEqual([
    String.raw`\begin{aligned}`,
    String.raw`\ell_{i} &= y_{i} \, \left(1 - p_{i}\right)^{\gamma_+} \, \left(-\log p_{i}\right) + \left(1 - y_{i}\right) \, \bar p_{i}^{\gamma_-} \, \left(-\log \min\left(1 - p_{i} + m, 1\right)\right) \\`,
    String.raw`p_{i} &= \sigma\left(z_{i}\right) \\`,
    String.raw`\bar p_{i} &= \max\left(p_{i} - m, 0\right)`,
    String.raw`\end{aligned}`,
  ])
})

test.each([
  [{ gammaPositive: -1 }, 'gammaPositive is -1; expected a number at least 0'],
  [{ gammaNegative: Number.NaN }, 'gammaNegative is NaN; expected a number at least 0'],
  [{ margin: 1 }, 'margin is 1; expected a number at least 0 and below 1'],
])('%o is refused', (options, message) => {
  expect(() => asymmetricLoss(options)).toThrow(message)
})
