import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  classAwareSampler,
  type DataSetLabels,
  iterativeStratification,
  labelStatistics,
  longTailedSubset,
} from '../../src/labels/index.ts'
import { labelLists, partlyKnownLabels } from './label-lists.ts'

const classNames = ['ant', 'bee', 'cat', 'dog']

describe('labels by name', () => {
  test('give what their indices give, in statistics, samplers, subsets and splits', () => {
    fc.assert(
      fc.property(labelLists(4), (lists) => {
        const named = [...lists, [0, 1, 2, 3]].map((list) => list.map((index) => classNames[index]!))
        const indices = [...lists, [0, 1, 2, 3]]
        expect(labelStatistics(named, { classNames })).toEqual(labelStatistics(indices, { classNames }))
        expect([...classAwareSampler({ labels: named, classNames, seed: 1 })]).toEqual([
          ...classAwareSampler({ labels: indices, seed: 1 }),
        ])
        const subset = { max: 5, seed: 2 }
        expect(longTailedSubset({ labels: named, classNames, ...subset })).toEqual(
          longTailedSubset({ labels: indices, ...subset }),
        )
        const split = { folds: 2, seed: 3 }
        expect(iterativeStratification({ labels: named, classNames, ...split })).toEqual(
          iterativeStratification({ labels: indices, ...split }),
        )
      }),
    )
  })

  test('may stand beside indices', () => {
    expect(labelStatistics([['dog', 0], [3]], { classNames }).classCounts).toEqual([1, 0, 0, 2])
  })

  const wrong: [string, unknown, object, string][] = [
    [
      'an unknown name',
      [['ant'], ['cow']],
      { classNames },
      "labels[1] names class 'cow', which is not one of classNames",
    ],
    ['a name without names', [['ant']], { classCount: 4 }, "labels[0] names class 'ant', but there are no classNames"],
    ['a class by name and by index', [['ant', 0]], { classNames }, 'labels[0] names class index 0 twice'],
    ['a flat list of names', ['ant', 'bee'], { classNames }, 'labels[0] is ant; expected a list of class indices'],
  ]
  test.each(wrong)('refuse %s', (_, labels, options, message) => {
    const error = expect.objectContaining({
      name: 'DblossError',
      code: 'labels',
      message: expect.stringContaining(message),
    })
    expect(() => labelStatistics(labels as DataSetLabels, options)).toThrow(error)
    expect(() => iterativeStratification({ labels: labels as DataSetLabels, ...options, folds: 2, seed: 0 })).toThrow(
      error,
    )
  })
})

describe('sparse labels with soft and unknown ones', () => {
  test('give what the matrix gives', () => {
    fc.assert(
      fc.property(partlyKnownLabels(4), fc.boolean(), ({ data }, soft) => {
        const values = Array.from(data, (value, at) => (soft && value === 1 && at % 3 === 0 ? 0.25 : value))
        const rows = Array.from({ length: values.length / 4 }, (_, row) => values.slice(row * 4, row * 4 + 4))
        const sparse = rows.map((row) => {
          const classes = [3, 1, 0, 2].filter((index) => row[index]! >= 0)
          return {
            classes,
            values: classes.map((index) => row[index]!),
            unknown: [2, 0, 1, 3].filter((index) => row[index] === -1),
          }
        })
        expect(labelStatistics(sparse, { classCount: 4 })).toEqual(labelStatistics({ data: values, classCount: 4 }))
      }),
    )
  })

  test.each([
    [{ classes: [1, 2], values: [1] }, 'labels[1] has 1 values for 2 classes'],
    [{ classes: [1], values: [1.5] }, 'labels[1, 1] is 1.5; expected 0 to 1'],
    [{ classes: [1], values: [-1] }, 'labels[1, 1] is -1; expected 0 to 1'],
    [{ classes: [1, 1], values: [0, 1] }, 'labels[1] names class index 1 twice'],
    [{ classes: [1], unknown: [0, 1] }, 'labels[1] has class index 1 both in classes and in unknown'],
    [{ unknown: [0] }, 'labels[1] is [object Object]; expected a list'],
  ])('refuse %j', (row, message) => {
    expect(() => labelStatistics([[0], row] as DataSetLabels)).toThrow(message)
  })
})

test('10^5 classes take memory by their labels, not by samples times classes', () => {
  const classCount = 100_000
  // 20,000 samples: as a matrix these would be 2 · 10^9 labels, as a table of pairs 10^10.
  const labels = Array.from({ length: 20_000 }, (_, i) => [
    ...new Set([i % 7, (i * 5) % classCount, (i * i) % classCount]),
  ])
  const every = [
    ...labels,
    ...Array.from({ length: classCount / 100 }, (_, i) => Array.from({ length: 100 }, (_, k) => i * 100 + k)),
  ]
  const statistics = labelStatistics(every, { classCount })
  expect(statistics.classCounts.reduce((sum, count) => sum + count, 0)).toBe(every.flat().length)
  expect(classAwareSampler({ labels: every, seed: 1 }).epochLength).toBeGreaterThan(classCount)
  expect(longTailedSubset({ labels: every, max: 50, seed: 1 }).length).toBeGreaterThan(50)
  expect(iterativeStratification({ labels: every, folds: 3, seed: 1 }).flat()).toHaveLength(every.length)
})
