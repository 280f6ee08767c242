import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coverageError, labelRankingAveragePrecision, labelRankingLoss } from '../../src/metrics/index.ts'
import { fixture, samplesOf } from './fixture.ts'
import { type MatrixSamples, oneClass, scoredSamples } from './random-samples.ts'

const measures = { coverageError, labelRankingLoss, labelRankingAveragePrecision }

/** The known labels and scores of each sample. */
function knownRows({ labels, scores }: MatrixSamples): { label: number; score: number }[][] {
  const { data, classCount } = labels
  return Array.from({ length: data.length / classCount }, (_, row) =>
    data
      .slice(row * classCount, (row + 1) * classCount)
      .map((label, index) => ({ label, score: scores.data[row * classCount + index]! }))
      .filter(({ label }) => label !== -1),
  ).filter((row) => row.length > 0)
}

describe.each(Object.entries(measures))('%s', (name, measure) => {
  test.each(fixture.cases)('agrees with scikit-learn: $name', (made) => {
    // A mean of at most 40 ratios, summed in another order.
    const expected = made.ranking[name as keyof typeof measures]
    expect(measure(samplesOf(made, made.scores))).toBeCloseTo(expected, 12)
  })

  test('does not change under a rising transform of each sample', () => {
    fc.assert(
      fc.property(scoredSamples({ classCount: 4, maxSamples: 5 }), (samples) => {
        fc.pre(knownRows(samples).length > 0)
        const data = Array.from(samples.scores.data, (score, element) => Math.floor(element / 4) + Math.exp(score))
        expect(measure({ ...samples, scores: { data, classCount: 4 } })).toBe(measure(samples))
      }),
    )
  })

  test('leaves samples without known labels out, and refuses data without any', () => {
    const row = { data: [1, 0, 0], scores: [1, 2, 3] }
    const scores = { data: [...row.scores, Number.NaN, 0, 0], classCount: 3 }
    const alone = measure({ labels: { data: row.data, classCount: 3 }, scores: { data: row.scores, classCount: 3 } })
    expect(measure({ labels: { data: [...row.data, -1, -1, -1], classCount: 3 }, scores })).toBe(alone)
    expect(() => measure(oneClass([-1, -1], [0, 0]))).toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'labels', message: expect.stringContaining('all unknown') }),
    )
  })

  test('refuses soft labels and NaN', () => {
    expect(() => measure(oneClass([0.5], [0]))).toThrow('labels[0, 0] is 0.5; an evaluation needs 0, 1 or −1')
    expect(() => measure(oneClass([1], [Number.NaN]))).toThrow('scores[0, 0] is NaN; expected a number')
  })
})

describe('by its definition', () => {
  test('the ranking loss is the share of pairs in the wrong order', () => {
    fc.assert(
      fc.property(scoredSamples({ classCount: 5, maxSamples: 4 }), (samples) => {
        const rows = knownRows(samples)
        fc.pre(rows.length > 0)
        const shares = rows.map((row) => {
          const negatives = row.filter(({ label }) => label === 0)
          const pairs = row.filter(({ label }) => label === 1).flatMap((j) => negatives.map((k) => j.score <= k.score))
          return pairs.length === 0 ? 0 : pairs.filter((wrong) => wrong).length / pairs.length
        })
        const expected = shares.reduce((sum, share) => sum + share, 0) / rows.length
        expect(labelRankingLoss(samples)).toBe(expected)
      }),
    )
  })

  test('a perfect ranking has loss 0, precision 1 and the coverage of its positives', () => {
    fc.assert(
      fc.property(scoredSamples({ classCount: 5, maxSamples: 4 }), ({ labels }) => {
        const samples = {
          labels,
          scores: { data: labels.data.map((label, place) => label * 9 + (place % 5)), classCount: 5 },
        }
        const rows = knownRows(samples)
        fc.pre(rows.length > 0)
        expect(labelRankingLoss(samples)).toBe(0)
        expect(labelRankingAveragePrecision(samples)).toBe(1)
        expect(coverageError(samples)).toBe(labels.data.filter((label) => label === 1).length / rows.length)
      }),
    )
  })

  test('the worst ranking has loss 1', () => {
    const samples = { labels: [[0, 1]], scores: { data: [-Infinity, 1, 2, Infinity], classCount: 4 } }
    expect(labelRankingLoss(samples)).toBe(1)
    expect(coverageError(samples)).toBe(4)
    expect(labelRankingAveragePrecision(samples)).toBeCloseTo((1 / 3 + 2 / 4) / 2, 15)
  })
})
