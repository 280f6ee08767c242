import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { statisticsFromCounts } from '../../src/labels/index.ts'
import { averagePrecision, type LongTailMetricsOptions, longTailMetrics } from '../../src/metrics/index.ts'

/** A head class, two of the middle, two of the tail. */
const statistics = statisticsFromCounts({ classCounts: [500, 50, 20, 19, 3], sampleCount: 1000 })

const labels = { data: [1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0], classCount: 5 }
const scores = {
  data: [2, 1, -1, -2, -3, 1, -1, 3, -1, -2, -1, -2, -3, 1, 2, 3, 0, -1, 2, -1],
  classCount: 5,
}

describe('longTailMetrics', () => {
  test('averages over all classes and over the splits, without the classes that have no positive', () => {
    const result = longTailMetrics({ labels, scores, statistics })
    // By hand. Class 0: labels 1 0 1 1, scores 2 1 −1 3; class 1: 1 1 0 0, 1 −1 −2 0; class 2: 0 1 0 0, highest score;
    // class 3: 0 0 1 0, second; class 4 has no positive.
    const expected = [(1 + 1 + 3 / 4) / 3, (1 + 2 / 3) / 2, 1, 1 / 2]
    expected.forEach((precision, index) => {
      expect(result.averagePrecision[index]).toBeCloseTo(precision, 14)
    })
    expect(result.averagePrecision[4]).toBeNaN()
    expect(result.undefinedClasses).toEqual([4])
    expect(result.map.all).toBeCloseTo(expected.reduce((sum, precision) => sum + precision, 0) / 4, 14)
    expect(result.map.head).toBe(result.averagePrecision[0])
    expect(result.map.medium).toBeCloseTo((expected[1]! + 1) / 2, 14)
    expect(result.map.tail).toBe(0.5)
  })

  test('agrees with averagePrecision column by column, from lists as from a matrix', () => {
    const cells = { minLength: 40, maxLength: 40 }
    const data = fc.tuple(fc.array(fc.constantFrom(0, 1), cells), fc.array(fc.integer({ min: -9, max: 9 }), cells))
    fc.assert(
      fc.property(data, ([labelData, scoreData]) => {
        const rows = [0, 1, 2, 3, 4, 5, 6, 7]
        const lists = rows.map((row) => [0, 1, 2, 3, 4].filter((index) => labelData[row * 5 + index] === 1))
        const common = { scores: { data: scoreData, classCount: 5 }, statistics }
        const result = longTailMetrics({ labels: lists, ...common })
        expect(longTailMetrics({ labels: { data: labelData, classCount: 5 }, ...common })).toEqual(result)
        expect(result.averagePrecision).toEqual(
          [0, 1, 2, 3, 4].map((index) =>
            averagePrecision(
              rows.map((row) => labelData[row * 5 + index]!),
              rows.map((row) => scoreData[row * 5 + index]!),
            ),
          ),
        )
      }),
    )
  })

  test('is NaN for a split without a class to average over', () => {
    const twoHeads = statisticsFromCounts({ classCounts: [500, 200], sampleCount: 1000 })
    const { map } = longTailMetrics({
      labels: [[0], [1]],
      scores: { data: [1, 0, 0, 1], classCount: 2 },
      statistics: twoHeads,
    })
    expect(map).toEqual({ all: 1, head: 1, medium: Number.NaN, tail: Number.NaN })
  })

  test('draws the splits elsewhere when told', () => {
    const { map, averagePrecision: precisions } = longTailMetrics({
      labels,
      scores,
      statistics,
      splitThresholds: { head: 50, tail: 20 },
    })
    expect(map.head).toBeCloseTo((precisions[0]! + precisions[1]!) / 2, 14)
    expect(map.medium).toBe(precisions[2])
  })
})

describe('F1', () => {
  // scikit-learn, docstring of f1_score, "multilabel classification": [0.66666667, 1, 0.66666667] by class.
  const three = statisticsFromCounts({ classCounts: [1, 1, 1], sampleCount: 3 })
  const documented = {
    labels: [[], [0, 1, 2], [1, 2]],
    scores: { data: [-1, -1, -1, 1, 1, 1, 1, 1, -1], classCount: 3 },
    statistics: three,
  }

  test("agrees with scikit-learn's example", () => {
    const { f1 } = longTailMetrics(documented)
    expect(f1.macro).toBeCloseTo((2 / 3 + 1 + 2 / 3) / 3, 14)
    // From the same example: 4 hits among 5 labels and 5 predictions; by sample 0 (0 / 0), 1 and 1/2.
    expect(f1.micro).toBeCloseTo(0.8, 14)
    expect(f1.samples).toBeCloseTo(0.5, 14)
  })

  test('predicts above the threshold, not on it', () => {
    const at = (thresholds?: number | number[]) =>
      longTailMetrics({ ...documented, ...(thresholds === undefined ? {} : { thresholds }) }).f1
    expect(at(0)).toEqual(at())
    expect(at([0, 0, 0])).toEqual(at())
    expect(at(1)).toEqual({ micro: 0, macro: 0, samples: 0 })
    // With −2 for class 2 it is predicted everywhere: 2 hits, 3 predictions, 2 labels.
    expect(at([0, 0, -2]).macro).toBeCloseTo((2 / 3 + 1 + 4 / 5) / 3, 14)
  })

  test('leaves unknown labels out, and rows that are wholly unknown', () => {
    const data = [1, 0, -1, -1, -1, -1, 1, -1, 0]
    const { f1 } = longTailMetrics({
      labels: { data, classCount: 3 },
      scores: { data: [1, -1, 1, 1, 1, 1, -1, Number.NaN, 1], classCount: 3 },
      statistics: three,
    })
    // Known: hit, right negative; miss, false alarm.
    expect(f1).toEqual({ micro: 0.5, macro: (2 / 3 + 0 + 0) / 3, samples: 0.5 })
  })
})

describe('longTailMetrics refuses', () => {
  const wrong: [string, Partial<LongTailMetricsOptions>, string, string][] = [
    [
      'labels of other classes',
      { labels: { data: [1, 0], classCount: 2 } },
      'shape',
      'labels has 2 columns but the statistics describe 5 classes',
    ],
    [
      'a class index too large',
      { labels: [[0], [5], [], []] },
      'labels',
      'labels[1] has class index 5 but the statistics describe 5 classes',
    ],
    [
      'soft labels',
      { labels: { data: [0, 0, 0.5, 0, 0], classCount: 5 } },
      'labels',
      'labels[0, 2] is 0.5; an evaluation needs 0, 1 or −1',
    ],
    [
      'scores of other classes',
      { scores: { data: scores.data, classCount: 4 } },
      'shape',
      'scores has 4 columns but the statistics describe 5 classes',
    ],
    [
      'scores of other samples',
      { scores: { data: scores.data.slice(5), classCount: 5 } },
      'shape',
      'scores has 15 values; expected [4, 5]',
    ],
    [
      'a NaN score',
      { scores: { data: scores.data.with(7, Number.NaN), classCount: 5 } },
      'logits',
      'scores[1, 2] is NaN',
    ],
    ['too few thresholds', { thresholds: [0, 0] }, 'shape', 'thresholds has 2 values for 5 classes'],
    ['a NaN threshold', { thresholds: [0, 0, 0, 0, Number.NaN] }, 'argument', 'thresholds[4] is NaN'],
    ['no samples', { labels: [] }, 'shape', 'labels has no samples'],
    ['split thresholds that cross', { splitThresholds: { head: 1, tail: 2 } }, 'argument', 'expected 0 ≤ tail ≤ head'],
  ]
  test.each(wrong)('%s', (_, options, code, message) => {
    expect(() => longTailMetrics({ labels, scores, statistics, ...options })).toThrow(
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
    )
  })
})
