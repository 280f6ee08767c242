import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src/evaluate-loss.ts'
import { labelStatistics, rebalancingDiagnostic, statisticsFromCounts, suggestMu } from '../../src/labels/index.ts'
import { rebalancedLoss } from '../../src/losses/index.ts'
import { partlyKnownLabels } from './label-lists.ts'

/** With n = [3, 1]: r is 1, 1 and, in the row of both, 1/4 and 3/4. */
const labels = [[0], [0], [0, 1]]

/** A share of weights times its count is a sum of a few hundred terms near 1. */
const DIGITS = 10

describe('suggestMu', () => {
  test('is the middle of mean and median of r over the positives', () => {
    // r sorted: 1/4, 3/4, 1, 1; mean 3/4, median 7/8.
    expect(suggestMu(labelStatistics(labels))).toBeCloseTo((0.75 + 0.875) / 2, 14)
  })

  test('takes the middle element of an odd number', () => {
    // n = [2, 1, 2], r: 1, then 1/2 and 1/2, then 2/3 and 1/3; sorted 1/3, 1/2, 1/2, 2/3, 1.
    expect(suggestMu(labelStatistics([[0], [0, 2], [1, 2]]))).toBeCloseTo((0.6 + 0.5) / 2, 14)
  })

  test('counts the pseudo-count in', () => {
    // n + 1 = [4, 2], r: 1, 1, 1/3, 2/3; mean 3/4, median 5/6.
    expect(suggestMu(labelStatistics(labels, { pseudoCount: 1 }))).toBeCloseTo((3 / 4 + 5 / 6) / 2, 14)
  })

  test('refuses statistics from counts, and tells what to do', () => {
    const statistics = statisticsFromCounts({ classCounts: [3, 1], sampleCount: 3 })
    const explanation = expect.objectContaining({
      name: 'DblossError',
      code: 'statistics',
      message: expect.stringMatching(/mu 'auto' needs label sets.*mu as a number.*presets/),
    })
    expect(() => suggestMu(statistics)).toThrow(explanation)
  })

  test('refuses statistics without a positive', () => {
    expect(() => suggestMu(labelStatistics([[]], { classCount: 2 }))).toThrow('no positive label')
  })
})

describe('rebalancingDiagnostic', () => {
  test('finds the saturated shares of an example', () => {
    // r of the negatives: 3 in the two rows of class 0 alone; w > 1 where r > 0.5 + log(9) / 10 = 0.7197.
    const diagnostic = rebalancingDiagnostic(labelStatistics(labels), { mu: 0.5 })
    expect(diagnostic).toMatchObject({
      mu: 0.5,
      meanRatio: 0.75,
      medianRatio: 0.875,
      positives: { count: 4, saturated: 3 / 4 },
      negatives: { count: 2, saturated: 1 },
    })
  })

  test('gives rows without positives the weight α + 1', () => {
    const { positives, negatives } = rebalancingDiagnostic(labelStatistics([[0], []]), { alpha: 0.25, mu: 1 })
    expect(positives).toEqual({ count: 1, saturated: 0, meanWeight: 0.75 })
    expect(negatives).toEqual({ count: 1, saturated: 1, meanWeight: 1.25 })
  })

  test('uses suggestMu where μ is not given', () => {
    const statistics = labelStatistics(labels)
    expect(rebalancingDiagnostic(statistics).mu).toBe(suggestMu(statistics))
    expect(rebalancingDiagnostic(statistics, { mu: 'auto' })).toEqual(rebalancingDiagnostic(statistics))
  })

  test('describes the very weights of the loss', () => {
    fc.assert(
      fc.property(partlyKnownLabels(3), fc.double({ min: -0.5, max: 1.5, noNaN: true }), (data, mu) => {
        // Every class needs a positive, or the loss refuses.
        const complete = { data: [...Array.from(data.data), 1, 1, 1], classCount: 3 }
        const statistics = labelStatistics(complete)
        const { elements } = evaluate(rebalancedLoss(statistics, { mu, reduction: 'none' }), {
          logits: new Float64Array(complete.data.length),
          labels: Float64Array.from(complete.data),
          batchSize: complete.data.length / 3,
        })
        const diagnostic = rebalancingDiagnostic(statistics, { mu })
        for (const [label, summary] of [[1, diagnostic.positives] as const, [0, diagnostic.negatives] as const]) {
          // At logit 0 the cross-entropy is log 2 for either label, so the rest of the element is its weight.
          const weights = [...elements!].flatMap((loss, i) => (complete.data[i] === label ? [loss / Math.LN2] : []))
          const saturated = weights.filter((weight) => weight > 1).length
          expect(summary.count).toBe(weights.length)
          expect(summary.meanWeight * weights.length).toBeCloseTo(
            weights.reduce((sum, w) => sum + w, 0),
            DIGITS,
          )
          expect(summary.saturated * weights.length).toBeCloseTo(saturated, DIGITS)
        }
      }),
    )
  })

  test('the mean of r is the rows with positives over the positives, since r sums to 1 in each', () => {
    fc.assert(
      fc.property(partlyKnownLabels(5), (data) => {
        const positives = Array.from(data.data).filter((label) => label === 1).length
        fc.pre(positives > 0)
        const rows = Array.from({ length: data.data.length / 5 }, (_, row) =>
          Array.from(data.data).slice(row * 5, row * 5 + 5),
        )
        const carrying = rows.filter((row) => row.includes(1)).length
        const { meanRatio } = rebalancingDiagnostic(labelStatistics(data))
        expect(meanRatio).toBeCloseTo(carrying / positives, DIGITS)
      }),
    )
  })

  test.each([
    [{ beta: 0 }, 'beta is 0; expected a number above 0'],
    [{ mu: Number.NaN }, 'mu is NaN; expected a number'],
    [{ alpha: Infinity }, 'alpha is Infinity; expected a number'],
  ])('refuses %j', (options, message) => {
    expect(() => rebalancingDiagnostic(labelStatistics(labels), options)).toThrow(message)
  })
})
