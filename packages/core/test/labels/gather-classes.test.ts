import { describe, expect, test } from 'vitest'
import {
  distributionBalancedLoss,
  evaluate,
  gatherClasses,
  gatherStatistics,
  labelStatistics,
  scatterClasses,
  statisticsFromCounts,
} from '../../src/index.ts'

describe('gatherClasses and scatterClasses', () => {
  const weights = Float32Array.from({ length: 12 }, (_, index) => index)

  test('take rows of a class-major matrix, in the order of the classes', () => {
    expect([...gatherClasses(weights, [3, 0], 3)]).toEqual([9, 10, 11, 0, 1, 2])
    expect([...gatherClasses([0.5, 1, 2], Int32Array.of(2, 1))]).toEqual([2, 1])
  })

  test('write them back, and leave the other rows as they are', () => {
    const target = Float64Array.from(weights)
    const rows = gatherClasses(weights, [3, 1], 3).map((value) => -value)
    scatterClasses(target, [3, 1], rows)
    expect([...target]).toEqual([0, 1, 2, -3, -4, -5, 6, 7, 8, -9, -10, -11])
  })

  test.each([
    [() => gatherClasses(weights, [4], 3), 'argument', 'classes[0] is 4; expected 0 to 3'],
    [() => gatherClasses(weights, [0, 0.5]), 'argument', 'classes[1] is 0.5; expected 0 to 11'],
    [() => gatherClasses(weights, [0], 5), 'shape', 'values has 12 numbers, which are no rows of 5'],
    [() => scatterClasses(new Float32Array(6), [2], new Float32Array(3)), 'argument', 'classes[0] is 2'],
    [() => scatterClasses(new Float32Array(7), [0], new Float32Array(3)), 'shape', 'rows has 3 numbers for 1 classes'],
    [() => scatterClasses(new Float32Array(6), [0, 1], new Float32Array(3)), 'shape', 'rows has 3 numbers for 2'],
  ])('refuse what does not fit: %#', (work, code, message) => {
    expect(work).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
  })
})

describe('gatherStatistics', () => {
  test('keeps counts and names of the classes, and leaves label sets out', () => {
    const data = [1, 0, -1, 1, 1, 0, 1, 0, 0]
    const statistics = labelStatistics({ data, classCount: 3 }, { classNames: ['a', 'b', 'c'], pseudoCount: 1 })
    expect(gatherStatistics(statistics, [2, 0])).toEqual({
      sampleCount: 3,
      classCount: 2,
      classCounts: [0, 3],
      knownCounts: [2, 3],
      classNames: ['c', 'a'],
      pseudoCount: 1,
    })
  })

  test('gives the elements of Distribution-Balanced loss of all classes, where no positive is left out', () => {
    const statistics = statisticsFromCounts({ classCounts: [400, 90, 30, 8, 3], sampleCount: 500 })
    const options = { mu: 0.3, reduction: 'none' } as const
    const logits = Float64Array.of(0.4, -1.2, 2, 0.1, -0.6)
    const labels = Float64Array.of(1, 0, 0, 1, 0)
    const all = evaluate(distributionBalancedLoss(statistics, options), { logits, labels, batchSize: 1 })
    const classes = [0, 2, 3]
    const some = evaluate(distributionBalancedLoss(gatherStatistics(statistics, classes), options), {
      logits: Float64Array.from(classes, (index) => logits[index]!),
      labels: gatherClasses(labels, classes),
      batchSize: 1,
    })
    classes.forEach((index, column) => {
      // The same operations; only sums over classes may be rounded in another order.
      expect(some.elements![column]).toBeCloseTo(all.elements![index]!, 14)
      expect(some.gradient[column]).toBeCloseTo(all.gradient[index]!, 14)
    })
  })

  test.each([
    [[], 'shape', 'classes is empty'],
    [[5], 'argument', 'classes[0] is 5; expected 0 to 4'],
  ])('refuses %j', (classes, code, message) => {
    const statistics = statisticsFromCounts({ classCounts: [1, 1, 1, 1, 1], sampleCount: 5 })
    expect(() => gatherStatistics(statistics, classes)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
  })
})
