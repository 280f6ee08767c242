import { describe, expect, test } from 'vitest'
import { meanReciprocal } from '../../../src/losses/logistic-targets/mean-reciprocal.ts'
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

describe('the mean of 1/(shift + k)', () => {
  test.each([
    [0, 3, 1 / 3],
    [1, 2, (1 / 2 + 1 / 3) / 2],
    [2, 1, (1 + 2 / 2 + 1 / 3) / 4],
    // With shift 1 it is (2 − 2^−n) / (n + 1), also where 2^−n has no float64.
    [50, 1, (2 - 2 ** -50) / 51],
    [5000, 1, 2 / 5001],
  ])('n = %d, shift %d', (n, shift, expected) => {
    // Some hundred products a weight.
    expect(meanReciprocal(n, shift) / expected).toBeCloseTo(1, 12)
  })
})
