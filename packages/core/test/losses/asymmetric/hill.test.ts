import { describe, expect, test } from 'vitest'
import { type Batch, evaluate, focalLoss, type HillLossOptions, hillLoss, lossLatex } from '../../../src/index.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import {
  expectFiniteAtExtremes,
  expectSameFromRecord,
  expectSameWithHardLabels,
  expectUnknownLeftOut,
} from '../loss-properties.ts'

const batch: Batch = {
  logits: Float64Array.of(0.5, -1, 2, -3.5, 1.2, -2.5, -6, 4),
  labels: Float64Array.of(1, 0, 0, 0, 1, 0.25, 0, -1),
  batchSize: 2,
}

/** −y (1 − p_m)^γ log p_m + (1 − y) (λ − p) p², as the paper writes it. */
function asPublished(z: number, y: number, { lambda = 1.5, margin = 1, gamma = 2 }: HillLossOptions): number {
  const p = 1 / (1 + Math.exp(-z))
  const lowered = 1 / (1 + Math.exp(margin - z))
  return -y * (1 - lowered) ** gamma * Math.log(lowered) + (1 - y) * (lambda - p) * p ** 2
}

describe.each<{ options: HillLossOptions }>([
  { options: {} },
  { options: { lambda: 1, margin: 0, gamma: 0 } },
  { options: { lambda: 2, margin: 0.5, gamma: 0.5 } },
])('$options', ({ options }) => {
  const loss = hillLoss(options)
  test('is the formula of the paper', () => {
    const { elements } = evaluate(loss, batch)
    elements!.forEach((element, index) => {
      const label = batch.labels[index]!
      expect(element).toBeCloseTo(label === -1 ? 0 : asPublished(batch.logits[index]!, label, options), 12)
    })
  })
  test('is finite at extremes', () => expectFiniteAtExtremes(loss))
  test('leaves unknown labels out', () => expectUnknownLeftOut(loss))
  test('comes back from its record', () => expectSameFromRecord(loss, batch))
  test('has a program for hard labels', () => expectSameWithHardLabels(loss, batch))
  test('has the gradient of finite differences', () => {
    for (const reduction of ['mean', 'sum', 'batchmean', 'none'] as const) {
      expectGradientOfFiniteDifferences(hillLoss({ ...options, reduction }), batch)
    }
  })
})

test('the positives are those of focal loss at z − m', () => {
  const labels = Float64Array.of(1, 1, 1)
  const at = (...logits: number[]): Batch => ({ logits: Float64Array.from(logits), labels, batchSize: 1 })
  const { value } = evaluate(hillLoss(), at(0.5, -3, 4))
  expect(value).toBeCloseTo(evaluate(focalLoss({ gamma: 2, balance: 1 }), at(-0.5, -4, 3)).value, 14)
})

test('a negative pulls most where p is between, and hardly where it is almost 1: the hill', () => {
  const pull = (z: number) =>
    evaluate(hillLoss(), { logits: Float64Array.of(z), labels: Float64Array.of(0), batchSize: 1 }).gradient[0]!
  expect(pull(0)).toBeGreaterThan(pull(-4))
  expect(pull(0)).toBeGreaterThan(pull(4))
  // At p = 1, with λ = 1.5, nothing pulls at all.
  expect(pull(40)).toBeLessThan(1e-15)
})

test('LaTeX reads as the paper', () => {
  expect(lossLatex(hillLoss()).split('\n').slice(1, -1)).toEqual([
    String.raw`\ell_{i} &= y_{i} \, \left(1 - \bar p_{i}\right)^{\gamma} \, \left(-\log \bar p_{i}\right) + \left(1 - y_{i}\right) \, \left(\lambda - p_{i}\right) \, p_{i}^{2} \\`,
    String.raw`\bar p_{i} &= \sigma\left(z_{i} - m\right) \\`,
    String.raw`p_{i} &= \sigma\left(z_{i}\right)`,
  ])
})

test.each([
  [{ lambda: 0.5 }, 'lambda is 0.5; expected a number at least 1'],
  [{ margin: -1 }, 'margin is -1; expected a number at least 0'],
  [{ gamma: -1 }, 'gamma is -1; expected a number at least 0'],
])('%o is refused', (options, message) => {
  expect(() => hillLoss(options)).toThrow(message)
})
