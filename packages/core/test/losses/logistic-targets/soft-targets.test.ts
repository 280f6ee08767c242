import { describe, expect, test } from 'vitest'
import { diagonalMeanReciprocals, meanReciprocals } from '../../../src/losses/logistic-targets/mean-reciprocals.ts'
import { softTargets } from '../../../src/losses/logistic-targets/soft-targets.ts'
import { allSets, scoreOfSets } from './score-of-sets.ts'

describe.each(['f1', 'jaccard'] as const)('%s', (score) => {
  test.each([1, 2, 3, 7, 10])('the tables for %d classes are those of all sets', (classCount) => {
    const tables = softTargets(score, classCount)
    const sets = allSets(classCount)
    for (let count = 0; count <= classCount; count++) {
      const truth = Array.from({ length: classCount }, (_, index) => (index < count ? 1 : 0))
      const scores = sets.map((set) => scoreOfSets(score, set, truth))
      const total = scores.reduce((sum, value) => sum + value)
      const shareWith = (label: number) =>
        scores.reduce((sum, value, index) => sum + value * sets[index]![label]!, 0) / total
      // Sums of up to 1024 numbers of either side.
      expect(tables.meanScore[count]).toBeCloseTo(total / sets.length, 14)
      if (count > 0) expect(tables.positive[count]).toBeCloseTo(shareWith(0), 13)
      if (count < classCount) expect(tables.negative[count]).toBeCloseTo(shareWith(classCount - 1), 13)
    }
  })
  test('5,000 classes: finite, true labels above ½ and falling with their number, others below', () => {
    const { positive, negative, meanScore } = softTargets(score, 5000)
    expect([positive, negative, meanScore].map(({ length }) => length)).toEqual([5001, 5001, 5001])
    expect(positive[1]).toBeCloseTo(1, 14)
    for (let count = 1; count < 5000; count++) {
      // Compared outside of expect, which takes longer than all the rest.
      const isRight =
        positive[count]! > 0.5 &&
        positive[count + 1]! < positive[count]! &&
        negative[count]! > 0.49 &&
        negative[count]! < 0.5 &&
        meanScore[count + 1]! > meanScore[count]! &&
        meanScore[count + 1]! < 1
      if (!isRight) expect.fail(`count ${count}: ${positive[count]}, ${negative[count]}, ${meanScore[count]}`)
    }
  })
})

/** Σ_k C(n, k) 2^−n / (s + k), counted outwards from the most likely k, because 2^−n has no float64 for large n. */
function meanReciprocal(n: number, s: number): number {
  const middle = Math.floor(n / 2)
  let [total, sum] = [1, 1 / (s + middle)]
  for (const step of [-1, 1]) {
    for (let k = middle, weight = 1; weight > 1e-40 && k + step >= 0 && k + step <= n; k += step) {
      weight *= step < 0 ? k / (n - k + 1) : (n - k) / (k + 1)
      total += weight
      sum += weight / (s + k + step)
    }
  }
  return sum / total
}

describe('the means of 1/(s + k), by their recurrences and by their sums', () => {
  test.each([0, 1, 2, 5, 60, 4999])('n = %d', (n) => {
    const means = meanReciprocals(n, 6000)
    for (const s of [1, 2, 3, 10, 100, 2000, 6000]) {
      // The sums run over a few hundred rounded products.
      expect(means[s - 1]! / meanReciprocal(n, s)).toBeCloseTo(1, 12)
    }
  })
  test.each([1, 2, 3, 4, 10, 61, 5000])('n + s = %d', (classCount) => {
    const means = diagonalMeanReciprocals(classCount)
    expect(means).toHaveLength(classCount)
    const step = Math.ceil(classCount / 61)
    for (let s = 1; s <= classCount; s += step) {
      expect(means[s - 1]! / meanReciprocal(classCount - s, s)).toBeCloseTo(1, 12)
    }
  })
})
