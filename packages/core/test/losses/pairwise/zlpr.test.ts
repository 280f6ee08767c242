import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binaryCrossEntropy, evaluate, zlprLoss } from '../../../src/index.ts'
import { expectEqualLosses, expectUnknownTakesNoPart, knownRows } from '../coupled-losses.ts'
import { anyBatches, hardBatches } from '../detection/batches.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import { expectFiniteAtExtremes, expectSameFromRecord } from '../loss-properties.ts'

const loss = zlprLoss()

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('ZLPR', () => {
  test('is its formula as it is written, with soft and unknown labels', () => {
    fc.assert(
      fc.property(anyBatches(4), (batch) => {
        const { rows } = evaluate(loss, batch)
        for (const [index, row] of knownRows(batch).entries()) {
          const expected =
            Math.log(1 + sum(row.map(({ y, z }) => (1 - y) * Math.exp(z)))) +
            Math.log(1 + sum(row.map(({ y, z }) => y * Math.exp(-z))))
          // Some ten operations; log(1 + x) as written loses an eps of 1.
          expect(Math.abs(rows![index]! - expected)).toBeLessThanOrEqual(4e-15 * (1 + expected))
        }
      }),
      { numRuns: 40 },
    )
  })
  test('is the log of 1 + Σ over pairs of e^{z_neg − z_pos} and single scores against 0', () => {
    // (1 + Σ_neg e^z)(1 + Σ_pos e^−z), multiplied out: every pair, and every score against the threshold.
    const [positives, negatives] = [
      [1.5, -0.3],
      [0.2, -2, 0.7],
    ]
    const pairs = negatives!.flatMap((n) => positives!.map((p) => Math.exp(n - p)))
    const single = [...negatives!.map((n) => Math.exp(n)), ...positives!.map((p) => Math.exp(-p))]
    const { value } = evaluate(loss, {
      logits: Float64Array.of(...positives!, ...negatives!),
      labels: Float64Array.of(1, 1, 0, 0, 0),
      batchSize: 1,
    })
    expect(value).toBeCloseTo(Math.log(1 + sum(pairs) + sum(single)), 14)
  })
  test('of one class is binary cross-entropy for hard labels, and smallest at ½ logit(y) for soft ones', () => {
    const bce = binaryCrossEntropy()
    fc.assert(
      fc.property(hardBatches(1), (batch) => {
        fc.pre(batch.labels.every((label) => label >= 0))
        expectEqualLosses(loss, bce, batch)
      }),
      { numRuns: 20 },
    )
    for (const y of [0.05, 0.3, 0.5, 0.99]) {
      const z = Math.log(y / (1 - y)) / 2
      const { gradient } = evaluate(loss, {
        logits: Float64Array.of(z),
        labels: Float64Array.of(y),
        batchSize: 1,
      })
      expect(gradient[0]).toBeCloseTo(0, 14)
    }
  })
  test('keeps the negatives of a row without positives, and the positives of one without negatives', () => {
    const { rows } = evaluate(loss, {
      logits: Float64Array.of(1, -2, 1, -2),
      labels: Float64Array.of(0, 0, 1, 1),
      batchSize: 2,
    })
    expect(rows![0]).toBeCloseTo(Math.log(1 + Math.exp(1) + Math.exp(-2)), 14)
    expect(rows![1]).toBeCloseTo(Math.log(1 + Math.exp(-1) + Math.exp(2)), 14)
  })
  test('keeps its tail where float32 would round 1 + e^z to 1', () => {
    const { value } = evaluate(
      loss,
      { logits: Float64Array.of(-30), labels: Float64Array.of(0), batchSize: 1 },
      { round: Math.fround },
    )
    // A few roundings of float32.
    expect(value / Math.log1p(Math.exp(-30))).toBeCloseTo(1, 5)
  })
  test('has the gradient of finite differences', () => {
    fc.assert(
      fc.property(anyBatches(3), (batch) => expectGradientOfFiniteDifferences(loss, batch)),
      { numRuns: 20 },
    )
  })
  test('is finite at extremes, takes nothing from unknown labels, and comes back from its record', () => {
    expectFiniteAtExtremes(loss)
    expectUnknownTakesNoPart(loss)
    expectSameFromRecord(zlprLoss({ reduction: 'sum' }), {
      logits: Float64Array.of(0.5, -1, 2),
      labels: Float64Array.of(1, 0.25, -1),
      batchSize: 1,
    })
  })
})
