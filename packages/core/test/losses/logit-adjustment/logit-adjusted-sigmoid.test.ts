import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  binaryCrossEntropy,
  evaluate,
  logitAdjustedSigmoidLoss,
  negativeTolerantLoss,
  statisticsFromCounts,
} from '../../../src/index.ts'
import { expectEqualLosses } from '../coupled-losses.ts'
import { anyBatches, hardBatches, logPlus } from '../detection/batches.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import { expectFiniteAtExtremes, expectSameFromRecord, expectUnknownLeftOut } from '../loss-properties.ts'

const statistics = statisticsFromCounts({ classCounts: [900, 40, 7], sampleCount: 1000 })

describe('logit-adjusted binary cross-entropy', () => {
  test('shifts the logit of a class by the log of its odds', () => {
    const { elements } = evaluate(logitAdjustedSigmoidLoss(statistics), {
      logits: Float64Array.of(0.5, -1, 2),
      labels: Float64Array.of(1, 1, 0),
      batchSize: 1,
    })
    expect(elements![0]).toBeCloseTo(logPlus(-0.5 - Math.log(900 / 100)), 14)
    expect(elements![1]).toBeCloseTo(logPlus(1 - Math.log(40 / 960)), 14)
    expect(elements![2]).toBeCloseTo(logPlus(2 + Math.log(7 / 993)), 14)
  })
  test('is binary cross-entropy for τ = 0, and negative-tolerant with λ = 1 and κ = τ', () => {
    const [none, bce] = [logitAdjustedSigmoidLoss(statistics, { tau: 0 }), binaryCrossEntropy()]
    const adjusted = logitAdjustedSigmoidLoss(statistics, { tau: 0.7 })
    const negativeTolerant = negativeTolerantLoss(statistics, { lambda: 1, kappa: 0.7 })
    fc.assert(
      fc.property(anyBatches(3), (batch) => {
        expectEqualLosses(none, bce, batch)
        expectEqualLosses(adjusted, negativeTolerant, batch)
      }),
      { numRuns: 20 },
    )
  })
  test('is the same with hard labels declared', () => {
    const [hard, soft] = [true, false].map((hardLabels) => logitAdjustedSigmoidLoss(statistics, { hardLabels }))
    fc.assert(
      fc.property(hardBatches(3), (batch) => expectEqualLosses(hard!, soft!, batch)),
      { numRuns: 20 },
    )
  })
  test('has the gradient of finite differences', () => {
    const loss = logitAdjustedSigmoidLoss(statistics, { tau: 1.5 })
    fc.assert(
      fc.property(anyBatches(3), (batch) => expectGradientOfFiniteDifferences(loss, batch)),
      { numRuns: 10 },
    )
  })
  test('is finite at extremes, leaves unknown labels out, and comes back from its record', () => {
    const loss = logitAdjustedSigmoidLoss(statistics, { tau: 0.5 })
    expectFiniteAtExtremes(loss)
    expectUnknownLeftOut(loss)
    expectSameFromRecord(logitAdjustedSigmoidLoss(statistics, { tau: 2, hardLabels: true, reduction: 'sum' }), {
      logits: Float64Array.of(0.5, -1, 2),
      labels: Float64Array.of(1, 0, -1),
      batchSize: 1,
    })
  })
  test('refuses a class that every sample carries, and a negative τ', () => {
    const always = statisticsFromCounts({ classCounts: [5, 80], sampleCount: 80 })
    expect(() => logitAdjustedSigmoidLoss(always)).toThrow('class 1 has no negative sample (n = N)')
    expect(() => logitAdjustedSigmoidLoss(statistics, { tau: -0.5 })).toThrow('tau is -0.5')
  })
})
