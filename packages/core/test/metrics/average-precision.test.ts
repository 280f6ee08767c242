import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { averagePrecision } from '../../src/metrics/index.ts'

/** Scores from a short list, so that ties are common. */
const ranking = fc.array(
  fc.record({ label: fc.constantFrom(0, 1, -1), score: fc.constantFrom(-3, -1, -0.5, 0, 0.25, 2, 7) }),
  { minLength: 1, maxLength: 40 },
)
const split = (samples: readonly { label: number; score: number }[]): [number[], number[]] => [
  samples.map(({ label }) => label),
  samples.map(({ score }) => score),
]
const precisionOf = (samples: readonly { label: number; score: number }[]): number =>
  averagePrecision(...split(samples))

describe('averagePrecision, numbers from other projects', () => {
  // Rounded to the digits that the sources print.
  test('scikit-learn, docstring of average_precision_score', () => {
    expect(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBeCloseTo(0.83, 2)
  })

  test('torchmetrics, docstring of multilabel_average_precision, with tied scores', () => {
    const scores = [
      [0.75, 0.05, 0.35],
      [0.45, 0.75, 0.05],
      [0.05, 0.55, 0.75],
      [0.05, 0.65, 0.05],
    ]
    const labels = [
      [1, 0, 1],
      [0, 0, 0],
      [0, 1, 1],
      [1, 1, 1],
    ]
    const precisions = [0, 1, 2].map((index) => averagePrecision(column(labels, index), column(scores, index)))
    ;[0.75, 0.5833, 0.9167].forEach((expected, index) => {
      expect(precisions[index]).toBeCloseTo(expected, 4)
    })
  })

  test('mmpretrain 0979e78, tests/test_evaluation/test_metrics/test_multi_label.py, in percent', () => {
    const scores = [
      [0.9, 0.8, 0.3, 0.2],
      [0.1, 0.2, 0.2, 0.1],
      [0.7, 0.5, 0.9, 0.3],
      [0.8, 0.1, 0.1, 0.2],
    ]
    const labels = [
      [1, 1, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [1, 0, 0, 0],
    ]
    const precisions = [0, 1, 2, 3].map((index) => 100 * averagePrecision(column(labels, index), column(scores, index)))
    ;[100, 83.3333, 100].forEach((expected, index) => {
      expect(precisions[index]).toBeCloseTo(expected, 4)
    })
    // mmpretrain counts a class without positives as 0; here it has no average precision.
    expect(precisions[3]).toBeNaN()
  })
})

describe('averagePrecision', () => {
  test('is the sum over thresholds of its definition', () => {
    fc.assert(
      fc.property(ranking, (samples) => {
        const known = samples.filter(({ label }) => label !== -1)
        const positives = known.filter(({ label }) => label === 1).length
        fc.pre(positives > 0)
        let expected = 0
        let recallBefore = 0
        for (const threshold of [...new Set(known.map(({ score }) => score))].sort((a, b) => b - a)) {
          const above = known.filter(({ score }) => score >= threshold)
          const hits = above.filter(({ label }) => label === 1).length
          expected += (hits / positives - recallBefore) * (hits / above.length)
          recallBefore = hits / positives
        }
        // The two add up at most 7 steps in different orders.
        expect(precisionOf(samples)).toBeCloseTo(expected, 12)
      }),
    )
  })

  test('does not change under a rising transform of the scores or another order of the samples', () => {
    fc.assert(
      fc.property(ranking, fc.nat(), (samples, turn) => {
        const precision = precisionOf(samples)
        const transformed = samples.map(({ label, score }) => ({ label, score: 3 * Math.exp(score) - 1 }))
        const cut = turn % samples.length
        expect(precisionOf(transformed)).toBe(precision)
        expect(precisionOf([...samples.slice(cut), ...samples.slice(0, cut)].reverse())).toBe(precision)
      }),
    )
  })

  test('leaves unknown labels out, also with a NaN score', () => {
    expect(averagePrecision([1, -1, 0, 1], [3, Number.NaN, 2, 1])).toBe(averagePrecision([1, 0, 1], [3, 2, 1]))
  })

  test('is 1 for a perfect ranking and the share of positives for none', () => {
    expect(averagePrecision([1, 1, 0, 0], [4, 3, 2, 1])).toBe(1)
    expect(averagePrecision([1, 0, 0, 0], [5, 5, 5, 5])).toBe(0.25)
  })

  test('ranks infinite scores', () => {
    expect(averagePrecision([1, 1, 0], [Infinity, Infinity, -Infinity])).toBe(1)
  })

  test('is NaN without positives', () => {
    expect(averagePrecision([0, -1], [1, 2])).toBeNaN()
    expect(averagePrecision([], [])).toBeNaN()
  })

  test.each([
    ['different lengths', [1, 0], [1], 'shape', 'scores has 1 values but labels has 2'],
    ['a soft label', [1, 0.5], [1, 2], 'labels', 'labels[1] is 0.5; average precision needs 0, 1 or −1'],
    ['a NaN score', [1, 0], [1, Number.NaN], 'logits', 'scores[1] is NaN'],
  ])('refuses %s', (_, labels, scores, code, message) => {
    expect(() => averagePrecision(labels, scores)).toThrow(
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
    )
  })
})

function column(rows: readonly (readonly number[])[], index: number): number[] {
  return rows.map((row) => row[index]!)
}
