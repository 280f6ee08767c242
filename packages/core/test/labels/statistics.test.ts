import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  classPriors,
  conditionalProbabilities,
  coOccurrence,
  type LabelInput,
  labelStatistics,
  mergeStatistics,
  smoothedCounts,
  splitClasses,
  statisticsFromCounts,
} from '../../src/labels/index.ts'
import { asMatrix, labelLists, partlyKnownLabels } from './label-lists.ts'

describe('labelStatistics', () => {
  test('counts lists of class indices', () => {
    expect(labelStatistics([[2, 0], [], [0], [0, 2]], { classNames: ['a', 'b', 'c'], pseudoCount: 1 })).toEqual({
      sampleCount: 4,
      classCount: 3,
      classCounts: [3, 0, 2],
      classNames: ['a', 'b', 'c'],
      pseudoCount: 1,
      labelSets: [
        { classes: [], count: 1 },
        { classes: [0], count: 1 },
        { classes: [0, 2], count: 2 },
      ],
    })
  })

  test('takes the number of classes from the largest index where nothing else says it', () => {
    expect(labelStatistics([[1], [4]]).classCount).toBe(5)
    expect(labelStatistics([[1], [4]], { classCount: 7 }).classCounts).toEqual([0, 1, 0, 0, 1, 0, 0])
  })

  test('leaves unknown labels out of the counts', () => {
    const statistics = labelStatistics({ data: Int8Array.of(1, -1, 0, 1, 1, -1), classCount: 2 })
    expect(statistics.classCounts).toEqual([2, 1])
    expect(statistics.knownCounts).toEqual([3, 1])
    expect(statistics.labelSets).toEqual([
      { classes: [0], unknown: [1], count: 2 },
      { classes: [1], count: 1 },
    ])
  })

  test('sums soft labels and keeps no label sets', () => {
    const statistics = labelStatistics({ data: [0.5, 1, 0.25, 0], classCount: 2 })
    expect(statistics).toEqual({ sampleCount: 2, classCount: 2, classCounts: [0.75, 1] })
  })

  test('is the same for lists and for a matrix, in any order, and survives JSON', () => {
    fc.assert(
      fc.property(labelLists(6), (lists) => {
        const statistics = labelStatistics(lists, { classCount: 6 })
        expect(labelStatistics(asMatrix(lists, 6))).toEqual(statistics)
        expect(labelStatistics(lists.map((list) => list.toReversed()).toReversed(), { classCount: 6 })).toEqual(
          statistics,
        )
        expect(JSON.parse(JSON.stringify(statistics))).toEqual(statistics)
      }),
    )
  })

  test('does not write to the lists', () => {
    const labels = Object.freeze([Object.freeze([3, 1])]) as readonly (readonly number[])[]
    expect(labelStatistics(labels).labelSets).toEqual([{ classes: [1, 3], count: 1 }])
  })

  const wrong: [string, unknown, Parameters<typeof labelStatistics>[1], string, string][] = [
    ['no samples', [], {}, 'shape', 'labels has no samples; expected at least one'],
    ['an empty matrix', { data: [], classCount: 2 }, {}, 'shape', 'labels has no samples'],
    ['no class at all', [[], []], {}, 'labels', 'labels names no class'],
    ['a negative index', [[0], [-1]], {}, 'labels', 'labels[1] has class index -1; expected a non-negative integer'],
    ['a fractional index', [[0.5]], {}, 'labels', 'labels[0] has class index 0.5'],
    [
      'an index too large',
      [[0], [81]],
      { classCount: 80 },
      'labels',
      'labels[1] has class index 81 but classCount says 80 classes',
    ],
    [
      'an index beyond the names',
      [[2]],
      { classNames: ['a', 'b'] },
      'labels',
      'labels[0] has class index 2 but classNames names 2 classes',
    ],
    [
      'rows of 0 and 1 given as lists',
      [[0, 1, 0]],
      {},
      'labels',
      'labels[0] names class index 0 twice; a row lists each positive class once',
    ],
    ['a flat list', [0, 1], {}, 'labels', 'labels[0] is 0; expected a list of class indices'],
    ['nothing', undefined, {}, 'labels', 'labels is undefined; expected lists of class indices'],
    [
      'a wrong column count',
      { data: [0, 1], classCount: 2 },
      { classCount: 3 },
      'shape',
      'labels has 2 columns but classCount says 3 classes',
    ],
    [
      'an incomplete row',
      { data: [0, 1, 1], classCount: 2 },
      {},
      'shape',
      'labels has 3 values, which 2 classes do not divide',
    ],
    ['a bad class count of the matrix', { data: [0], classCount: 0 }, {}, 'shape', 'labels has classCount 0'],
    [
      'a value above 1',
      { data: [0, 1, 0, 2], classCount: 2 },
      {},
      'labels',
      'labels[1, 1] is 2; expected 0 to 1, or −1 for unknown',
    ],
    ['a value below 0', { data: [-0.5], classCount: 1 }, {}, 'labels', 'labels[0, 0] is -0.5'],
    ['NaN', { data: [0, Number.NaN], classCount: 1 }, {}, 'labels', 'labels[1, 0] is NaN'],
    ['a bad classCount', [[0]], { classCount: 1.5 }, 'argument', 'classCount is 1.5; expected an integer at least 1'],
    ['too few names', [[0, 1]], { classCount: 2, classNames: ['a'] }, 'shape', 'classNames has 1 names for 2 classes'],
    ['a repeated name', [[0]], { classNames: ['a', 'a'] }, 'argument', "classNames has 'a' twice"],
    [
      'a negative pseudo-count',
      [[0]],
      { pseudoCount: -1 },
      'argument',
      'pseudoCount is -1; expected a number at least 0',
    ],
    ['a pseudo-count of NaN', [[0]], { pseudoCount: Number.NaN }, 'argument', 'pseudoCount is NaN'],
  ]
  test.each(wrong)('refuses %s', (_, labels, options, code, message) => {
    expect(() => labelStatistics(labels as LabelInput, options)).toThrow(
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
    )
  })
})

describe('statisticsFromCounts', () => {
  test('keeps the counts and has no label sets', () => {
    expect(statisticsFromCounts({ classCounts: Int32Array.of(3, 0), sampleCount: 5 })).toEqual({
      sampleCount: 5,
      classCount: 2,
      classCounts: [3, 0],
    })
  })

  test.each([
    [{ classCounts: [6], sampleCount: 5 }, 'classCounts[0] is 6; expected 0 to sampleCount, 5'],
    [{ classCounts: [1, Number.NaN], sampleCount: 5 }, 'classCounts[1] is NaN'],
    [{ classCounts: [-1], sampleCount: 5 }, 'classCounts[0] is -1'],
    [{ classCounts: [], sampleCount: 5 }, 'classCounts is empty'],
    [{ classCounts: [1], sampleCount: 0 }, 'sampleCount is 0; expected an integer at least 1'],
    [{ classCounts: [1], sampleCount: 5, classNames: ['a', 'b'] }, 'classNames has 2 names for 1 classes'],
  ])('refuses %j', (counts, message) => {
    expect(() => statisticsFromCounts(counts)).toThrow(message)
  })
})

describe('mergeStatistics', () => {
  test('gives the statistics of the whole from any two shards, in either order', () => {
    const labels = fc.tuple(partlyKnownLabels(4), partlyKnownLabels(4))
    fc.assert(
      fc.property(labels, ([first, second]) => {
        const whole = labelStatistics({ data: [...Array.from(first.data), ...Array.from(second.data)], classCount: 4 })
        const [a, b] = [labelStatistics(first), labelStatistics(second)]
        expect(mergeStatistics(a, b)).toEqual(whole)
        expect(mergeStatistics(b, a)).toEqual(whole)
      }),
    )
  })

  test('takes names and pseudo-count from the part that has them, and drops label sets that one part lacks', () => {
    const a = labelStatistics([[0]], { classNames: ['a', 'b'], pseudoCount: 2 })
    const b = statisticsFromCounts({ classCounts: [1, 1], sampleCount: 3 })
    const merged = { sampleCount: 4, classCount: 2, classCounts: [2, 1], classNames: ['a', 'b'], pseudoCount: 2 }
    expect(mergeStatistics(a, b)).toEqual(merged)
    expect(mergeStatistics(b, a)).toEqual(merged)
  })

  test('refuses parts that disagree', () => {
    const of = (options: object) => labelStatistics([[0]], options)
    expect(() => mergeStatistics(of({ classCount: 2 }), of({ classCount: 3 }))).toThrow(
      'classCount is 2 in one part and 3 in the other',
    )
    expect(() => mergeStatistics(of({ classNames: ['a', 'b'] }), of({ classNames: ['a', 'c'] }))).toThrow(
      'classNames[1] is b in one part and c in the other',
    )
    expect(() => mergeStatistics(of({ pseudoCount: 1 }), of({ pseudoCount: 2 }))).toThrow('pseudoCount is 1')
  })
})

describe('smoothedCounts and classPriors', () => {
  const labels = { data: [1, -1, 0, 1, 1, -1, 0, -1], classCount: 2 }

  test('are the plain counts over the known samples without a pseudo-count', () => {
    const statistics = labelStatistics(labels)
    expect(smoothedCounts(statistics)).toEqual({ positives: Float64Array.of(2, 1), samples: Float64Array.of(4, 1) })
    expect(classPriors(statistics)).toEqual(Float64Array.of(0.5, 1))
  })

  test('add c positives and c negatives', () => {
    const statistics = labelStatistics(labels, { pseudoCount: 0.5 })
    expect(smoothedCounts(statistics)).toEqual({ positives: Float64Array.of(2.5, 1.5), samples: Float64Array.of(5, 2) })
    expect(classPriors(statistics)).toEqual(Float64Array.of(0.5, 0.75))
  })
})

describe('coOccurrence and conditionalProbabilities', () => {
  test('count the pairs, as a sum over all samples', () => {
    fc.assert(
      fc.property(partlyKnownLabels(4), (labels) => {
        const statistics = labelStatistics(labels)
        const samples = [...new Array(labels.data.length / 4).keys()]
        const label = (sample: number, index: number): number => labels.data[sample * 4 + index]!
        const counts = coOccurrence(statistics)
        const probabilities = conditionalProbabilities(statistics)
        for (let i = 0; i < 4; i++) {
          for (let j = 0; j < 4; j++) {
            const carriers = samples.filter((sample) => label(sample, j) === 1 && label(sample, i) !== -1)
            const both = carriers.filter((sample) => label(sample, i) === 1).length
            expect(counts[i]![j]).toBe(both)
            expect(probabilities[i]![j]).toBe(both === 0 ? 0 : both / carriers.length)
          }
        }
      }),
    )
  })

  test('refuse statistics without label sets', () => {
    const statistics = statisticsFromCounts({ classCounts: [1], sampleCount: 2 })
    expect(() => coOccurrence(statistics)).toThrow('co-occurrence needs label sets')
    expect(() => conditionalProbabilities(statistics)).toThrow('conditional probability needs label sets')
  })
})

describe('splitClasses', () => {
  const statistics = statisticsFromCounts({ classCounts: [100, 99, 20, 19, 0, 500], sampleCount: 500 })

  test('draws the lines at 100 and at 20', () => {
    expect(splitClasses(statistics)).toEqual({ head: [0, 5], medium: [1, 2], tail: [3, 4] })
  })

  test('draws them elsewhere when told', () => {
    expect(splitClasses(statistics, { head: 99, tail: 1 })).toEqual({ head: [0, 1, 5], medium: [2, 3], tail: [4] })
    expect(splitClasses(statistics, { head: 20 }).medium).toEqual([])
  })

  test.each([{ head: 10 }, { tail: 101 }, { tail: -1 }, { head: Number.NaN }])('refuses %j', (thresholds) => {
    expect(() => splitClasses(statistics, thresholds)).toThrow('expected 0 ≤ tail ≤ head')
  })
})
