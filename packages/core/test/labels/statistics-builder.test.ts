import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type LabelStatistics,
  labelStatistics,
  labelStatisticsBuilder,
  mergeStatistics,
  suggestMu,
} from '../../src/labels/index.ts'
import { asMatrix, labelLists, partlyKnownLabels } from './label-lists.ts'

/** The definition: every label set as a string, counted. */
function bruteForce(
  rows: readonly (readonly number[])[],
  classCount: number,
): Pick<LabelStatistics, 'sampleCount' | 'classCounts' | 'labelSets'> {
  const indices = [...new Array(classCount).keys()]
  const count = (key: string): number => rows.filter((row) => row.join() === key).length
  const positives = (row: readonly number[]): number[] => indices.filter((index) => row[index] === 1)
  const unknown = (row: readonly number[]): number[] => indices.filter((index) => row[index] === -1)
  return {
    sampleCount: rows.length,
    classCounts: indices.map((index) => rows.filter((row) => row[index] === 1).length),
    labelSets: [...new Set(rows.map((row) => row.join()))].map((key) => {
      const row = key.split(',').map(Number)
      return {
        classes: positives(row),
        ...(unknown(row).length === 0 ? {} : { unknown: unknown(row) }),
        count: count(key),
      }
    }),
  }
}

describe('labelStatisticsBuilder', () => {
  test('counts what its definition says', () => {
    fc.assert(
      fc.property(partlyKnownLabels(4), (labels) => {
        const data = Array.from(labels.data)
        const rows = Array.from({ length: data.length / 4 }, (_, row) => data.slice(row * 4, row * 4 + 4))
        const { labelSets, ...counts } = bruteForce(rows, 4)
        const statistics = labelStatistics(labels)
        expect(statistics).toMatchObject(counts)
        expect(statistics.labelSets).toHaveLength(labelSets!.length)
        expect(statistics.labelSets).toEqual(expect.arrayContaining([...labelSets!]))
      }),
    )
  })

  test('gives the statistics of the whole, however the samples come', () => {
    fc.assert(
      fc.property(labelLists(5), fc.nat(30), (lists, cut) => {
        const whole = labelStatistics(lists, { classCount: 5 })
        const builder = labelStatisticsBuilder({ classCount: 5 })
        for (const list of lists.slice(0, cut)) builder.add(list)
        if (cut > 0) builder.finish()
        builder.addBatch(new Set(lists.slice(cut, cut + 5)))
        if (lists.length > cut + 5) builder.addBatch(asMatrix(lists.slice(cut + 5), 5))
        expect(builder.finish()).toEqual(whole)
        expect(labelStatistics(new Set(lists), { classCount: 5 })).toEqual(whole)
      }),
    )
  })

  test('equals any number of shards merged, in any order', () => {
    const shards = fc.array(partlyKnownLabels(3), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(shards, (parts) => {
        const builder = labelStatisticsBuilder()
        for (const part of parts) builder.addBatch(part)
        const statistics = parts.map((part) => labelStatistics(part))
        expect(statistics.reduce((a, b) => mergeStatistics(a, b))).toEqual(builder.finish())
        expect(statistics.reduceRight((a, b) => mergeStatistics(a, b))).toEqual(builder.finish())
      }),
    )
  })

  test('finds the number of classes as they come', () => {
    const builder = labelStatisticsBuilder()
    builder.add([2])
    expect(builder.finish().classCounts).toEqual([0, 0, 1])
    builder.add({ classes: [0], unknown: [5] })
    builder.add([7])
    expect(builder.finish()).toMatchObject({
      classCounts: [1, 0, 1, 0, 0, 0, 0, 1],
      knownCounts: [3, 3, 3, 3, 3, 2, 3, 3],
    })
  })

  test('orders many label sets by their classes, then by the unknown ones', () => {
    const lists = Array.from({ length: 30_000 }, (_, i) => ({
      classes: [...new Set([i % 3, i % 5, i % 7, i % 11, i % 13, i % 97, i % 101])],
      unknown: i % 4 === 0 ? [] : [...new Set([200 + (i % 17), 220 + (i % 3)])].slice(i % 2),
    }))
    const { labelSets } = labelStatistics(lists)
    expect(labelSets!.length).toBeGreaterThan(8000)
    const compare = (a: readonly number[], b: readonly number[]): number => {
      const at = a.findIndex((index, position) => index !== b[position])
      return at < 0 ? a.length - b.length : at >= b.length ? 1 : a[at]! - b[at]!
    }
    labelSets!.forEach(({ classes, unknown = [] }, i) => {
      if (i === 0) return
      const before = labelSets![i - 1]!
      expect(compare(before.classes, classes) || compare(before.unknown ?? [], unknown)).toBeLessThan(0)
    })
    expect(labelSets!.reduce((sum, { count }) => sum + count, 0)).toBe(30_000)
  })

  test('keeps counts beyond 32 bits', () => {
    let statistics = labelStatistics([[0], [0], [1]])
    for (let doubling = 0; doubling < 40; doubling++) statistics = mergeStatistics(statistics, statistics)
    expect(statistics.labelSets).toEqual([
      { classes: [0], count: 2 ** 41 },
      { classes: [1], count: 2 ** 40 },
    ])
  })

  test('keeps no label sets beyond the limit, and says so where they are needed', () => {
    const lists = [[0], [1], [0, 1], [0]]
    expect(labelStatistics(lists, { maxLabelSets: 3 })).toEqual(labelStatistics(lists))
    const { labelSets, ...counts } = labelStatistics(lists)
    expect(labelSets).toHaveLength(3)
    expect(labelStatistics(lists, { maxLabelSets: 2 })).toEqual(counts)
    expect(labelStatistics(lists, { maxLabelSets: 0 })).toEqual(counts)
    expect(() => suggestMu(labelStatistics(lists, { maxLabelSets: 2 }))).toThrow('beyond maxLabelSets')
  })

  test('a refused sample leaves no trace and is named by its number since the start', () => {
    const builder = labelStatisticsBuilder({ classCount: 3 })
    builder.add([0])
    builder.addBatch([[1], [2]])
    const before = builder.finish()
    expect(() => builder.add([0, 3])).toThrow('labels[3] has class index 3 but classCount says 3 classes')
    expect(() => builder.addBatch({ data: [0, 0, 7], classCount: 3 })).toThrow('labels[3, 2] is 7')
    expect(() => builder.addBatch({ data: [0, 1], classCount: 2 })).toThrow('labels has 2 columns')
    expect(builder.finish()).toEqual(before)
  })

  test.each([
    [() => labelStatisticsBuilder().finish(), 'shape', 'labels has no samples'],
    [() => labelStatistics((function* () {})()), 'shape', 'labels has no samples'],
    [
      () => labelStatistics([[0]], { maxLabelSets: -1 }),
      'argument',
      'maxLabelSets is -1; expected an integer at least 0',
    ],
    [() => labelStatisticsBuilder({ classNames: [] }), 'shape', 'classNames has 0 names'],
    [() => labelStatisticsBuilder({ classNames: ['a', 'a'] }), 'argument', "classNames has 'a' twice"],
    [() => labelStatisticsBuilder({ pseudoCount: -1 }), 'argument', 'pseudoCount is -1'],
    [() => labelStatisticsBuilder().addBatch(3 as never), 'labels', 'labels is 3'],
    [
      () => {
        const builder = labelStatisticsBuilder()
        builder.add([5])
        builder.addBatch({ data: [0, 1], classCount: 2 })
      },
      'shape',
      'labels has 2 columns but the samples before name 6 classes',
    ],
  ])('refuses what is wrong (%#)', (work, code, message) => {
    expect(work).toThrow(
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
    )
  })
})
