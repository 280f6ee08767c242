import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { statisticsFromCounts } from '../../src/labels/index.ts'
import { averagePrecision, bootstrapMap, bootstrapMapDifference, longTailMetrics } from '../../src/metrics/index.ts'
import { percentileInterval } from '../../src/metrics/percentile-interval.ts'
import { prepareClass, weightedAveragePrecision } from '../../src/metrics/weighted-average-precision.ts'
import { createRandom } from '../../src/random.ts'
import { fixture } from './fixture.ts'
import { simulateCoverage } from './simulate-coverage.ts'

/** A head class, two of the middle, one of the tail. */
const statistics = statisticsFromCounts({ classCounts: [500, 50, 40, 3], sampleCount: 1000 })
const splits = ['all', 'head', 'medium', 'tail'] as const
const random = createRandom(4)
const rows = Array.from({ length: 30 }, () => [0.5, 0.3, 0.3, 0.1].map((share) => (random.next() < share ? 1 : 0)))
const labels: { data: number[]; classCount: number } = { data: rows.flat(), classCount: 4 }
const noisyScores = (noise: number) => ({
  data: labels.data.map((label) => Math.round(10 * (label + noise * random.next())) / 10),
  classCount: 4,
})
const good = noisyScores(1.3)
const poor = noisyScores(3)

describe('weightedAveragePrecision', () => {
  test.each(fixture.cases)('agrees with scikit-learn with sample_weight: $name', (made) => {
    const column = (data: readonly number[], index: number): number[] =>
      data.filter((_, element) => element % made.classCount === index)
    made.weighted.weights.forEach((weights, number) => {
      for (let index = 0; index < made.classCount; index++) {
        const prepared = prepareClass(
          Int8Array.from(column(made.labels, index)),
          Float64Array.from(column(made.scores, index)),
        )
        const expected = made.weighted.averagePrecision[number]![index]!
        const found = weightedAveragePrecision(prepared, weights)
        // A sum of at most 40 products, in another order.
        if (expected === null) expect(found).toBeNaN()
        else expect(found).toBeCloseTo(expected, 12)
      }
    })
  })

  test('is averagePrecision of the repeated samples', () => {
    const sample = fc.record({
      label: fc.constantFrom(0, 1, -1),
      score: fc.constantFrom(-1, 0, 0.5, 2),
      weight: fc.nat(3),
    })
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 12 }), (samples) => {
        const prepared = prepareClass(
          Int8Array.from(samples, ({ label }) => label),
          Float64Array.from(samples, ({ score }) => score),
        )
        const repeated = samples.flatMap((one) => new Array<typeof one>(one.weight).fill(one))
        expect(
          weightedAveragePrecision(
            prepared,
            samples.map(({ weight }) => weight),
          ),
        ).toBe(
          averagePrecision(
            repeated.map(({ label }) => label),
            repeated.map(({ score }) => score),
          ),
        )
      }),
    )
  })
})

describe('percentileInterval', () => {
  test.each(fixture.quantiles)('agrees with numpy.quantile at $confidence', ({ values, confidence, lower, upper }) => {
    const interval = percentileInterval(values, confidence)
    // (1 − confidence) / 2 and the interpolation round.
    expect(interval.lower).toBeCloseTo(lower, 12)
    expect(interval.upper).toBeCloseTo(upper, 12)
  })

  test('is NaN without values', () => {
    expect(percentileInterval([], 0.9)).toEqual({ lower: Number.NaN, upper: Number.NaN })
  })
})

describe('bootstrapMap', () => {
  const options = { labels, scores: good, statistics, resamples: 40, seed: 11 }

  test('is the mAP of resampled rows, one resample after the other', () => {
    const drawing = createRandom(11)
    const resampled = Array.from({ length: 40 }, () => {
      const drawn = rows.map(() => drawing.integer(rows.length))
      const repeat = (data: readonly number[]) => ({
        data: drawn.flatMap((row) => data.slice(row * 4, row * 4 + 4)),
        classCount: 4,
      })
      return longTailMetrics({ labels: repeat(labels.data), scores: repeat(good.data), statistics }).map
    })
    const intervals = bootstrapMap({ ...options, confidence: 0.8 })
    for (const split of splits) {
      const values = resampled.map((means) => means[split]).filter((value) => !Number.isNaN(value))
      const { lower, upper } = percentileInterval(values, 0.8)
      const { estimate } = intervals[split]
      const basic = { lower: Math.max(0, 2 * estimate - upper), upper: Math.min(1, 2 * estimate - lower) }
      expect(intervals[split]).toMatchObject({ ...basic, resamples: values.length })
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      expect(intervals[split].bias).toBeCloseTo(mean - intervals[split].estimate, 14)
    }
    // The one tail class has few positives: some resamples have none.
    expect(intervals.tail.resamples).toBeLessThan(40)
    expect(intervals.all.resamples).toBe(40)
  })

  test('estimates what longTailMetrics measures', () => {
    const { map } = longTailMetrics({ labels, scores: good, statistics })
    const intervals = bootstrapMap(options)
    for (const split of splits) {
      expect(intervals[split].estimate).toBe(map[split])
      expect(intervals[split].lower).toBeLessThanOrEqual(intervals[split].upper)
    }
  })

  test('gives the same intervals for the same seed, others for another, wider ones for more confidence', () => {
    expect(bootstrapMap(options)).toEqual(bootstrapMap(options))
    expect(bootstrapMap({ ...options, seed: 12 })).not.toEqual(bootstrapMap(options))
    const wide = bootstrapMap({ ...options, confidence: 0.99 }).all
    const narrow = bootstrapMap({ ...options, confidence: 0.5 }).all
    expect(wide.lower).toBeLessThan(narrow.lower)
    expect(wide.upper).toBeGreaterThan(narrow.upper)
  })

  test('has no width when all samples are alike, and for a perfect ranking', () => {
    const width = (scores: readonly number[], rowLabels: readonly number[]) => {
      const data = new Array(10).fill(rowLabels).flat()
      return bootstrapMap({
        labels: { data, classCount: 4 },
        scores: { data: new Array(10).fill(scores).flat(), classCount: 4 },
        statistics,
        resamples: 20,
        seed: 1,
      })
    }
    const certain = { estimate: 1, lower: 1, upper: 1, bias: 0, resamples: 20 }
    expect(width([3, 1, 2, 0], [1, 1, 1, 1])).toEqual({ all: certain, head: certain, medium: certain, tail: certain })
    const perfect = bootstrapMap({ ...options, scores: { data: labels.data, classCount: 4 } })
    expect(perfect.all).toEqual({ ...certain, resamples: 40 })
  })

  test('is NaN for a split without a class to average over', () => {
    const { tail, head } = bootstrapMap({ ...options, splitThresholds: { head: 3, tail: 1 } })
    expect(tail).toEqual({
      estimate: Number.NaN,
      lower: Number.NaN,
      upper: Number.NaN,
      bias: Number.NaN,
      resamples: 0,
    })
    expect(head).toEqual(bootstrapMap(options).all)
  })

  test('leaves unknown labels out, and does not read their scores', () => {
    const data = labels.data.with(3, -1).with(8, -1)
    const withUnknown = (score: number) =>
      bootstrapMap({
        ...options,
        labels: { data, classCount: 4 },
        scores: { data: good.data.with(3, score).with(8, score), classCount: 4 },
      })
    expect(withUnknown(Number.NaN)).toEqual(withUnknown(9))
  })

  test('tells of its progress', () => {
    const seen: [number, number][] = []
    bootstrapMap({ ...options, resamples: 3, onProgress: (...progress) => seen.push(progress) })
    expect(seen).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
  })

  test.each([
    ['no resamples', { resamples: 0 }, 'argument', 'resamples is 0'],
    ['full confidence', { confidence: 1 }, 'argument', 'confidence is 1; expected a number above 0 and below 1'],
    ['a negative seed', { seed: -1 }, 'argument', 'seed is -1'],
    ['scores of other classes', { scores: { data: [1], classCount: 1 } }, 'shape', 'scores has 1 columns'],
    ['labels of other classes', { labels: { data: [1], classCount: 1 } }, 'shape', 'labels has 1 columns'],
  ])('refuses %s', (_, wrong, code, message) => {
    expect(() => bootstrapMap({ ...options, ...wrong })).toThrow(
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
    )
  })
})

describe('bootstrapMapDifference', () => {
  const options = { labels, statistics, resamples: 60, seed: 5 }

  test('gives each model the intervals that bootstrapMap gives it', () => {
    const compared = bootstrapMapDifference({ ...options, baseline: poor, scores: { good, same: poor } })
    expect(compared.baseline).toEqual(bootstrapMap({ ...options, scores: poor }))
    expect(compared.models.good.map).toEqual(bootstrapMap({ ...options, scores: good }))
    expect(compared.models.same.map).toEqual(compared.baseline)
  })

  test('has no width between equal scores, and changes its sign when the models change places', () => {
    const forward = bootstrapMapDifference({ ...options, baseline: poor, scores: { other: good, same: poor } }).models
    const backward = bootstrapMapDifference({ ...options, baseline: good, scores: { other: poor } }).models
    for (const split of splits) {
      expect(forward.same.difference[split]).toMatchObject({ estimate: 0, lower: 0, upper: 0, bias: 0 })
      const { estimate, lower, upper } = forward.other.difference[split]
      expect(backward.other.difference[split].estimate).toBe(-estimate)
      // Quantiles from the other side of the sorted values: the interpolation rounds differently.
      expect(backward.other.difference[split].lower).toBeCloseTo(-upper, 14)
      expect(backward.other.difference[split].upper).toBeCloseTo(-lower, 14)
    }
    expect(forward.other.difference.all.lower).toBeGreaterThan(0)
  })

  test('is paired: narrower than resampling the models apart', () => {
    const jitter = createRandom(2)
    const almost = { data: good.data.map((score) => score + 0.05 * jitter.next()), classCount: 4 }
    const { baseline, models } = bootstrapMapDifference({ ...options, baseline: good, scores: { almost } })
    const width = ({ lower, upper }: { lower: number; upper: number }): number => upper - lower
    expect(width(models.almost.difference.all)).toBeLessThan(width(baseline.all) / 2)
  })

  test('names the scores that are wrong, and wants a model', () => {
    const wrong = { data: good.data.with(6, Number.NaN), classCount: 4 }
    const compare = (baseline: typeof good, scores: Record<string, typeof good>) => () =>
      bootstrapMapDifference({ ...options, baseline, scores })
    expect(compare(good, { db: wrong })).toThrow('scores.db[1, 2] is NaN; expected a number')
    expect(compare(wrong, { db: good })).toThrow('baseline[1, 2] is NaN; expected a number')
    expect(compare(good, {})).toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'argument', message: expect.stringContaining('no model') }),
    )
  })
})

describe('how often intervals of 95 % hold the truth', () => {
  // The numbers that the docstring of bootstrapMap gives. The seed makes them the same again; engines whose cosine rounds
  // differently may move a data set or two.
  test.each([
    { positives: 50, basic: 0.9, plain: 0.88, difference: 0.94 },
    { positives: 5, basic: 0.85, plain: 0.5, difference: 0.92 },
  ])('with $positives positives a class in 500 samples', ({ positives, ...expected }) => {
    const found = simulateCoverage(positives)
    for (const kind of ['basic', 'plain', 'difference'] as const) {
      expect(Math.abs(found[kind] - expected[kind])).toBeLessThan(0.025)
    }
  })
})
