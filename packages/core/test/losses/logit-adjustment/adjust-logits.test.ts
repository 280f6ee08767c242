import { describe, expect, test } from 'vitest'
import {
  adjustLogits,
  balancedSoftmaxLoss,
  evaluate,
  logitAdjustedSigmoidLoss,
  logitAdjustedSoftmaxLoss,
  statisticsFromCounts,
} from '../../../src/index.ts'

const statistics = statisticsFromCounts({ classCounts: [900, 40, 60], sampleCount: 1200 })
const logits = Float64Array.of(0.5, -1, 2, 3, 2, 1)

describe('post-hoc logit adjustment', () => {
  test('takes τ log π from each logit', () => {
    const adjusted = adjustLogits(logits, statistics, { tau: 0.5 })
    const shares = [0.9, 0.04, 0.06]
    for (const [index, logit] of logits.entries()) {
      expect(adjusted[index]).toBeCloseTo(logit - 0.5 * Math.log(shares[index % 3]!), 14)
    }
  })
  test('takes τ logit(p) in the sigmoid form', () => {
    const adjusted = adjustLogits(logits, statistics, { form: 'sigmoid' })
    const odds = [900 / 300, 40 / 1160, 60 / 1140]
    for (const [index, logit] of logits.entries()) {
      expect(adjusted[index]).toBeCloseTo(logit - Math.log(odds[index % 3]!), 14)
    }
  })
  test('gives a new array of the same kind and leaves the given one alone', () => {
    const given = Float32Array.from(logits)
    const adjusted = adjustLogits(given, statistics)
    expect(adjusted).toBeInstanceOf(Float32Array)
    expect(adjusted).not.toBe(given)
    expect([...given]).toEqual([...logits])
    expect([...adjustLogits(logits, statistics, { tau: 0 })]).toEqual([...logits])
  })
  test('undoes what the losses add, so that they are their plain forms on adjusted logits', () => {
    const batch = { logits, labels: Float64Array.of(1, 0, 1, 0, 1, 0), batchSize: 2 }
    const plainSoftmax = evaluate(logitAdjustedSoftmaxLoss(statistics, { tau: 0 }), batch).value
    const softmax = evaluate(balancedSoftmaxLoss(statistics), { ...batch, logits: adjustLogits(logits, statistics) })
    expect(softmax.value).toBeCloseTo(plainSoftmax, 13)
    const plainSigmoid = evaluate(logitAdjustedSigmoidLoss(statistics, { tau: 0 }), batch).value
    const sigmoid = evaluate(logitAdjustedSigmoidLoss(statistics), {
      ...batch,
      logits: adjustLogits(logits, statistics, { form: 'sigmoid' }),
    })
    expect(sigmoid.value).toBeCloseTo(plainSigmoid, 13)
  })
  test.each([
    [() => adjustLogits(Float64Array.of(1, 2), statistics), 'logits has 2 values; expected rows of 3 classes'],
    [() => adjustLogits(logits, statistics, { tau: Number.NaN }), 'tau is NaN'],
    [() => adjustLogits(logits, statistics, { form: 'tanh' as 'sigmoid' }), "form is 'tanh'"],
    [
      () => adjustLogits(Float64Array.of(1), statisticsFromCounts({ classCounts: [0], sampleCount: 5 })),
      'class 0 has no positive sample',
    ],
  ])('refuses %s', (call, message) => {
    expect(call).toThrow(message)
  })
})
