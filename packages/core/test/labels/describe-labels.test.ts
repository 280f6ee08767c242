import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeRealData } from '../../../../test-support/real-data.ts'
import {
  coOccurrence,
  coOccurringPairs,
  describeLabels,
  imbalanceMeasures,
  labelDescriptionText,
  labelStatistics,
  rebalancingDiagnostic,
  splitClasses,
  statisticsFromCounts,
} from '../../src/labels/index.ts'
import { labelLists, partlyKnownLabels } from './label-lists.ts'

const classNames = ['person', 'car', 'zebra']
const statistics = labelStatistics(
  [...new Array<number[]>(120).fill([0]), ...new Array<number[]>(30).fill([0, 1]), [1, 2], [0, 2], []],
  { classNames },
)

describe('coOccurringPairs', () => {
  test('are the pairs of the matrix, most frequent first', () => {
    fc.assert(
      fc.property(partlyKnownLabels(5), (labels) => {
        const counted = labelStatistics(labels)
        const matrix = coOccurrence(counted)
        const pairs = coOccurringPairs(counted)
        for (const { classes, count } of pairs) expect(matrix[classes[0]]![classes[1]]).toBe(count)
        const occurring = matrix.flatMap((row, i) => row.filter((count, j) => j > i && count > 0))
        expect(pairs.map(({ count }) => count)).toEqual(occurring.sort((a, b) => b - a))
        expect(pairs.length === 0 ? [] : coOccurringPairs(counted, { limit: 2 })).toEqual(pairs.slice(0, 2))
      }),
    )
  })

  test('refuses a limit of 0 and statistics without label sets', () => {
    expect(() => coOccurringPairs(statistics, { limit: 0 })).toThrow('limit is 0')
    expect(() => coOccurringPairs(statisticsFromCounts({ classCounts: [1], sampleCount: 2 }))).toThrow(
      'co-occurrence needs label sets',
    )
  })
})

describe('describeLabels', () => {
  test('gathers what the single functions say, as plain JSON', () => {
    const description = describeLabels(statistics, { featureCount: 7 })
    const { cardinality, density, meanIR, cvir, scumble, tcs, labelSetCount } = imbalanceMeasures(statistics, {
      featureCount: 7,
    })
    expect(description).toMatchObject({ cardinality, density, meanIR, cvir, scumble, tcs, labelSetCount })
    expect(description.splits).toEqual(splitClasses(statistics))
    expect(description.rebalancing).toEqual(rebalancingDiagnostic(statistics))
    expect(description.pairs![0]).toEqual({ classes: [0, 1], count: 30, shareOfRarer: 30 / 31 })
    expect(JSON.parse(JSON.stringify(description))).toEqual(description)
  })

  test('reads well', () => {
    const text = labelDescriptionText(describeLabels(statistics))
    expect(text).toMatch(/^153 samples, 3 classes, 5 distinct label sets\nCardinality 1\.203 .* density 0\.4009\n/)
    expect(text).toMatch(
      /head \(100 or more\): 1: person\n {2}medium \(20 to below 100\): 1: car\n {2}tail .*: 1: zebra\n/,
    )
    expect(text).toContain('person and car: 30 samples, 96.8 % of the rarer class')
    expect(text).toMatch(/mu 'auto' is 0\.\d{3}, the middle of mean 0\.\d{3} and median 1\.000 of r/)
    expect(text).toMatch(/Advice\n( {2}- .*\.\n?)+$/)
  })

  const advised: [string, Parameters<typeof describeLabels>[0], RegExp][] = [
    ['empty classes', labelStatistics([[0], []], { classCount: 2 }), /No sample carries class 1: give.*pseudoCount/],
    [
      'a pseudo-count that is there',
      labelStatistics([[0], []], { classCount: 2, pseudoCount: 1 }),
      /No sample carries class 1: the pseudo-count of 1 keeps/,
    ],
    ['full classes', labelStatistics([[0], [0, 1]], { classNames: ['x', 'y'] }), /Every sample carries x/],
    ['unknown labels', labelStatistics({ data: [1, -1, 0, 1], classCount: 2 }), /25\.0 % of the labels are unknown/],
    ['balance', labelStatistics([[0], [1]]), /hardly imbalanced/],
    ['imbalance', statistics, /are imbalanced/],
    ['tail classes', statistics, /iterativeStratification.*tail classes/],
    [
      'saturated positives',
      // r is 1 in 100 of 198 positives and near 0 in the rest: the mean is 0.51, the median 1.
      labelStatistics([...new Array<number[]>(100).fill([0]), [...new Array(98).keys()]]),
      /50\.5 % of the positives have their full weight at mu 'auto': the weighting hardly tells them apart/,
    ],
    ['saturated negatives', statistics, /99\.3 % of the negatives and 0\.0 % of the positives/],
    ['concurrence', labelStatistics([[0], [0], [0], [0], [0, 1], [0, 2]]), /share samples \(SCUMBLE above 0\.1\)/],
    ['statistics from counts', statisticsFromCounts({ classCounts: [3, 1], sampleCount: 5 }), /Give mu as a number/],
    ['no positive', labelStatistics([[]], { classCount: 1 }), /No class has a positive/],
  ]
  test.each(advised)('has a sentence on %s', (_, described, sentence) => {
    const { advice } = describeLabels(described)
    expect(advice.some((line) => sentence.test(line))).toBe(true)
    for (const line of advice) expect(line).toMatch(/^[^\n]+\.$/)
  })

  test('never fails, nor says NaN or Infinity, whatever the labels', () => {
    fc.assert(
      fc.property(fc.oneof(partlyKnownLabels(4), labelLists(4)), fc.boolean(), (labels, counts) => {
        const counted = labelStatistics(labels, { classCount: 4 })
        const { labelSets, ...bare } = counted
        expect(labelDescriptionText(describeLabels(counts ? bare : counted))).not.toMatch(/NaN|Infinity|undefined/)
      }),
    )
  })

  test.each([
    [{ pairs: -1 }, 'pairs is -1; expected an integer at least 0'],
    [{ featureCount: 0 }, 'featureCount is 0'],
    [{ splitThresholds: { tail: 101 } }, 'expected 0 ≤ tail ≤ head'],
  ])('refuses %j', (options, message) => {
    expect(() => describeLabels(statistics, options)).toThrow(message)
  })
})

describeRealData('the training set of COCO-MLT', ({ load }) => {
  test('is described as published: splits 22, 33, 25 and mu near 0.176', () => {
    const { positives, classes } = JSON.parse(load('labels/coco-mlt.train.json.gz')) as {
      positives: number[][]
      classes: string[]
    }
    const text = labelDescriptionText(describeLabels(labelStatistics(positives, { classNames: classes })))
    expect(text).toMatch(/head \(100 or more\): 22: person, /)
    expect(text).toMatch(/medium .*: 33: .*\n {2}tail .*: 25: /)
    expect(text).toContain("mu 'auto' is 0.176")
  })
})
