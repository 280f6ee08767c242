import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelPropensities, labelStatistics, statisticsFromCounts } from '../../src/index.ts'

describe('labelPropensities', () => {
  // The counts are those of the toy example of the R package casimir (tests/testthat/test-compute_propensity_scores.r).
  const statistics = statisticsFromCounts({ classCounts: [10000, 1000, 100, 2, 1, 0], sampleCount: 10100 })

  test.each([
    ['others', {}, [0.920941193516952, 0.766655976481492, 0.482623716144392, 0.127689283824984]],
    ['Wikipedia', { a: 0.5, b: 0.4 }, [0.911359493261988, 0.764810390076152, 0.507434304971541, 0.137393763654765]],
    ['Amazon', { a: 0.6, b: 2.6 }, [0.934084563747808, 0.780921626999068, 0.475853018690777, 0.123517694114573]],
  ])(
    'agree with decimal arithmetic of 30 digits on the formula as it is printed: constants of %s',
    (_, options, expected) => {
      const propensities = labelPropensities(statistics, options)
      // The expected numbers have 15 digits.
      for (const [index, value] of expected.entries()) expect(propensities[index]).toBeCloseTo(value, 14)
    },
  )

  test('are 1 / log N for a class with one sample, whatever the constants', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0.01, max: 9, noNaN: true }), (a, b) => {
        expect(labelPropensities(statistics, { a, b })[4]).toBeCloseTo(1 / Math.log(10100), 14)
      }),
    )
  })

  test('rise with the number of samples, and stay between 0 and 1', () => {
    const { classCounts } = statistics
    const propensities = labelPropensities(statistics)
    for (let index = 1; index < classCounts.length; index++) {
      expect(propensities[index]).toBeLessThan(propensities[index - 1]!)
    }
    expect(propensities[0]).toBeLessThan(1)
    expect(propensities[5]).toBeGreaterThan(0)
  })

  test('leave the pseudo-count out', () => {
    const labels = [[0], [0, 1], [2], [0]]
    expect(labelPropensities(labelStatistics(labels, { pseudoCount: 1 }))).toEqual(
      labelPropensities(labelStatistics(labels)),
    )
  })

  test.each([
    ['two samples, where log N < 1', statisticsFromCounts({ classCounts: [1, 2], sampleCount: 2 }), {}, 'N = 2'],
    ['a negative A', statistics, { a: -0.1 }, 'a is -0.1; expected a number at least 0'],
    ['B = 0, where a class without samples has none', statistics, { b: 0 }, 'b is 0; expected a number above 0'],
    ['a power that overflows', statistics, { a: 500, b: 0.1 }, 'a = 500 and b = 0.1 give class 5 the propensity 0'],
    ['constants that are no numbers', statistics, { a: Number.NaN }, 'a is NaN'],
  ])('refuse %s', (_, counts, options, message) => {
    expect(() => labelPropensities(counts, options)).toThrow(
      expect.objectContaining({ name: 'DblossError', message: expect.stringContaining(message) }),
    )
  })
})
