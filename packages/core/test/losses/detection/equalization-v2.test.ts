import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binaryCrossEntropy, equalizationLossV2, evaluate } from '../../../src/index.ts'
import { hardBatches, logPlus } from './batches.ts'

const loss = equalizationLossV2()
/** f is exactly 1 in float64 at and above this ratio. */
const BALANCED = 5

test('is the weights of the paper times binary cross-entropy, summed over the classes and divided by the rows', () => {
  fc.assert(
    fc.property(
      hardBatches(3),
      fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }),
      ({ logits, labels, batchSize }, ratios) => {
        const gradientRatios = Float32Array.from(ratios)
        let total = 0
        for (const [index, z] of logits.entries()) {
          const f = 1 / (1 + Math.exp(-12 * (gradientRatios[index % 3]! - 0.8)))
          if (labels[index] === 1) total += (1 + 4 * (1 - f)) * logPlus(-z)
          if (labels[index] === 0) total += f * logPlus(z)
        }
        const { value } = evaluate(loss, { logits, labels, batchSize, inputs: { gradientRatios } })
        // A dozen additions of float64.
        expect(Math.abs(value - total / batchSize)).toBeLessThanOrEqual(1e-14 * (1 + value))
      },
    ),
  )
})

test('is binary cross-entropy where f is 1, and before anything was observed', () => {
  const bce = binaryCrossEntropy({ reduction: 'batchmean' })
  fc.assert(
    fc.property(hardBatches(3), (batch) => {
      const expected = evaluate(bce, batch)
      for (const inputs of [
        { gradientRatios: new Float32Array(3).fill(BALANCED) },
        loss.inputSource!({ classCount: 3 }).inputsFor(batch),
      ]) {
        const actual = evaluate(loss, { ...batch, inputs })
        const differences = actual.gradient.map((derivative, index) => Math.abs(derivative - expected.gradient[index]!))
        // 1 + 4 σ(−50) is 1 in float64; the rest is the same operations in another order.
        expect(Math.max(Math.abs(actual.value - expected.value), ...differences)).toBeLessThanOrEqual(1e-14)
      }
    }),
  )
})

/**
 * Three steps of `EQLv2` (github.com/tztztztztz/eqlv2, mmdet/models/losses/eqlv2.py) in one process with PyTorch 1.13 in
 * float64. Its objectness output, which it does not accumulate, had the logit −1000 and cost nothing.
 */
const released = [
  {
    logits: [0.5, -1, 2, -0.2, 1.5, -0.7, 2, -2, 0.4],
    labels: [1, 0, 0, 0, 0, 1, 0, 1, 0],
    value: 3.8279587178256675,
    gradient: [
      -0.12584688959938178, 0.08964714045666503, 0.29359902599262744, 0.15005533422917405, 0.2725248253978812,
      -0.2227292573893887, 0.29359902599262744, -0.29359902599262744, 0.19956255337081732,
    ],
    ratiosAfter: [0.2836597605555152, 0.8106619331312882, 0.45163546126570747],
  },
  {
    logits: [0.1, 0.7, -1.2, -0.4, -0.3, 0.9, 1.1, 0.2, -0.6],
    labels: [0, 0, 1, 1, 0, 0, 1, 0, 0],
    value: 4.851106119428408,
    gradient: [
      0.0003558052080854676, 0.11847909968233432, -1.2654401680001115, -0.9961897220358152, 0.07545733335949972,
      0.0035695431798630074, -0.4155561114149629, 0.09749330905134604, 0.0017790927636478434,
    ],
    ratiosAfter: [3.4629673882489675, 0.44920174229583787, 2.9852335611089895],
  },
  {
    logits: [-0.9, 0.4, 0.3, 0.6, -1.4, 0.8, -0.5, 1.2, 0.2],
    labels: [0, 1, 0, 0, 0, 1, 1, 0, 0],
    value: 2.3119995983629433,
    gradient: [
      0.09635016579166404, -0.6610228262618194, 0.19148083893643675, 0.2152187687419289, 0.0009650292080834394,
      -0.1033418396258193, -0.20748644373396258, 0.0037491833087224917, 0.18327799910340994,
    ],
    ratiosAfter: [2.3095916321553656, 1.4500968646368046, 1.8224752827952657],
  },
]

test('follows the released code over three steps, weights and accumulated gradients included', () => {
  const source = loss.inputSource!({ classCount: 3 })
  for (const { logits, labels, value, gradient, ratiosAfter } of released) {
    const batch = { logits: Float64Array.from(logits), labels: Float64Array.from(labels), batchSize: 3 }
    const actual = evaluate(loss, { ...batch, inputs: source.inputsFor(batch) })
    source.observe!(batch)
    // The ratios are rounded to float32 on their way into the formula (6e-8), and γ = 12 magnifies that.
    const tolerance = 12 * 6e-8 * 4
    expect(Math.abs(actual.value - value)).toBeLessThanOrEqual(tolerance * value)
    for (const [index, derivative] of actual.gradient.entries()) {
      expect(Math.abs(derivative - gradient[index]!)).toBeLessThanOrEqual(tolerance)
    }
    const { positives, negatives } = source.state() as { positives: number[]; negatives: number[] }
    // Here both sides are float64: a few operations with rounding errors of 1e-16 each.
    positives.forEach((sum, index) => {
      expect(Math.abs(sum / negatives[index]! / ratiosAfter[index]! - 1)).toBeLessThanOrEqual(1e-9)
    })
  }
})

describe('parameters out of range are refused', () => {
  test.each([
    [{ gamma: 0 }, 'gamma is 0; expected a number above 0'],
    [{ mu: Number.NaN }, 'mu is NaN'],
    [{ alpha: -1 }, 'alpha is -1; expected a number at least 0'],
  ])('%o', (options, message) => expect(() => equalizationLossV2(options)).toThrow(message))
})
