import { describe, expect, test } from 'vitest'
import { statisticsFromCounts } from '../../src/labels/index.ts'
import { averagePrecision, bootstrapAveragePrecision, bootstrapMap } from '../../src/metrics/index.ts'
import { createRandom } from '../../src/random.ts'

const random = createRandom(9)
const classCount = 3
const labels = {
  data: Array.from({ length: 40 * classCount }, (_, element) =>
    element % classCount === 2 ? 0 : random.next() < 0.3 ? 1 : 0,
  ),
  classCount,
}
const scores = { data: labels.data.map((label) => label + 2 * random.next()), classCount }
const options = { labels, scores, resamples: 50, seed: 3 }
const columnOf = (data: readonly number[], index: number) => data.filter((_, element) => element % classCount === index)

describe('bootstrapAveragePrecision', () => {
  test('gives a class the interval that bootstrapMap gives to the mean over it alone', () => {
    const statistics = statisticsFromCounts({ classCounts: [5], sampleCount: 10 })
    const intervals = bootstrapAveragePrecision({ ...options, confidence: 0.8 })
    for (const index of [0, 1]) {
      const alone = {
        labels: { data: columnOf(labels.data, index), classCount: 1 },
        scores: { data: columnOf(scores.data, index), classCount: 1 },
      }
      expect(intervals[index]).toEqual(bootstrapMap({ ...options, ...alone, statistics, confidence: 0.8 }).all)
    }
  })

  test('estimates averagePrecision, within its interval', () => {
    for (const [index, { estimate, lower, upper }] of bootstrapAveragePrecision(options).slice(0, 2).entries()) {
      expect(estimate).toBe(averagePrecision(columnOf(labels.data, index), columnOf(scores.data, index)))
      expect(lower).toBeLessThan(estimate)
      expect(upper).toBeGreaterThan(lower)
    }
  })

  test('is NaN for a class without positives', () => {
    const none = { estimate: Number.NaN, lower: Number.NaN, upper: Number.NaN, bias: Number.NaN, resamples: 0 }
    expect(bootstrapAveragePrecision(options)[2]).toEqual(none)
  })

  test.each([
    ['no resamples', { resamples: 0 }, 'resamples is 0'],
    ['full confidence', { confidence: 1 }, 'confidence is 1'],
    ['a negative seed', { seed: -1 }, 'seed is -1'],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => bootstrapAveragePrecision({ ...options, ...wrong })).toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'argument', message: expect.stringContaining(message) }),
    )
  })
})
