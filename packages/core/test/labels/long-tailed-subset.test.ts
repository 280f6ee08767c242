import { describe, expect, test } from 'vitest'
import { labelStatistics, longTailedSubset } from '../../src/labels/index.ts'

/** A pool in which no two labels occur together: 1000 samples of each of five classes, class after class. */
const separate = Array.from({ length: 5000 }, (_, sample) => [Math.floor(sample / 1000)])

const countsOf = (pool: number[][], subset: readonly number[], classCount: number): readonly number[] =>
  labelStatistics(
    subset.map((sample) => pool[sample]!),
    { classCount },
  ).classCounts

describe('longTailedSubset', () => {
  test('meets the Pareto curve exactly where labels do not occur together', () => {
    // b = 2: x runs from 1 to 0.01^(−1/2) = 10 in steps of 9/4, and the target is floor(390 / x³ + 10).
    const expected = [1, 3.25, 5.5, 7.75, 10].map((x) => Math.floor(390 / x ** 3 + 10))
    expect(expected).toEqual([400, 21, 12, 10, 10])
    const subset = longTailedSubset({ labels: separate, max: 400, min: 10, exponent: 2, seed: 1 })
    expect(countsOf(separate, subset, 5)).toEqual(expected)
  })

  test('gives the most frequent rank to the class that accompanies the others most', () => {
    // Every sample of class 0 carries class 1, which has 40 of its own: p(1 | 0) = 1, p(0 | 1) = 60 / 100.
    const pool = Array.from({ length: 100 }, (_, sample) => (sample < 60 ? [0, 1] : [1]))
    const subset = longTailedSubset({ labels: pool, max: 50, min: 5, exponent: 2, seed: 2 })
    const [rare, frequent] = countsOf(pool, subset, 2)
    // Target of the second rank: floor(45 / 10³ + 5) = 5. Reaching it removes samples of the first class as well.
    expect(rare).toBe(5)
    expect(frequent).toBeGreaterThan(15)
    expect(frequent).toBeLessThanOrEqual(50)
  })

  test('is ascending, without repetition, and fixed by the seed', () => {
    const draw = (seed: number): number[] => longTailedSubset({ labels: separate, max: 50, seed })
    const subset = draw(3)
    expect(subset).toEqual([...new Set(subset)].sort((a, b) => a - b))
    expect(draw(3)).toEqual(subset)
    expect(draw(4)).not.toEqual(subset)
  })

  test('gives what the pool has where it has too little', () => {
    const subset = longTailedSubset({ labels: [[0], [0], [1]], max: 100, min: 100, seed: 1 })
    expect(subset).toEqual([0, 1, 2])
  })

  test('leaves samples without positives out, and allows classes without samples', () => {
    expect(longTailedSubset({ labels: [[], [0], []], max: 10, seed: 1, classCount: 3 })).toEqual([1])
  })

  test.each([
    [{ max: 0 }, 'max is 0; expected a number at least 1'],
    [{ max: 10, min: 11 }, 'min is 11; expected a number at least 0 and at most 10'],
    [{ max: 10, exponent: 0 }, 'exponent is 0; expected a number above 0'],
    [{ max: Number.NaN }, 'max is NaN'],
    [{ max: 10, classCount: 4 }, 'labels[4000] has class index 4 but classCount says 4 classes'],
    [{ max: 10, labels: { data: [0.5], classCount: 1 } }, 'labels[0, 0] is 0.5; a long-tailed subset needs 0, 1 or −1'],
  ])('refuses %j', (options, message) => {
    expect(() => longTailedSubset({ labels: separate, seed: 1, ...options })).toThrow(message)
  })
})
