import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeRealData } from '../../../../test-support/real-data.ts'
import {
  type ImbalanceMeasures,
  imbalanceMeasures,
  imbalanceRatios,
  imbalanceSpread,
  labelCardinality,
  labelDensity,
  labelStatistics,
  scumble,
  statisticsFromCounts,
  theoreticalComplexity,
} from '../../src/labels/index.ts'
import { labelLists } from './label-lists.ts'

interface MldrMeasures {
  readonly sampleCount: number
  readonly featureCount: number
  readonly labelSetCount: number
  readonly cardinality: number
  readonly density: number
  readonly meanIR: number
  readonly scumble: number
  readonly scumbleVariation: number
  readonly tcs: number
  readonly classCounts: readonly number[]
}

const mldr = JSON.parse(readFileSync(new URL('fixtures/mldr-measures.json', import.meta.url), 'utf8')) as {
  readonly dataSets: Readonly<Record<string, MldrMeasures>>
  readonly irlblPerClass: Readonly<Record<string, readonly number[]>>
  readonly corel5kPerClass: { readonly irlbl: readonly number[]; readonly scumble: readonly number[] }
}

/** Sums of up to a few thousand terms in another order agree to this, relatively. */
const ROUNDING = 1e-12

function expectClose(found: number, expected: number, relative = ROUNDING): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(relative * Math.abs(expected))
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function variation(values: readonly number[]): number {
  const squares = values.map((value) => (value - mean(values)) ** 2)
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (values.length - 1)) / mean(values)
}

/** The definitions, over all samples; for classes that all have one. */
function byDefinition(rows: readonly (readonly number[])[], classCount: number) {
  const counts = new Array<number>(classCount).fill(0)
  for (const index of rows.flat()) counts[index]!++
  const ratios = counts.map((count) => Math.max(...counts) / count)
  const scores = rows.map((row) => {
    if (row.length === 0) return 0
    const inRow = row.map((index) => ratios[index]!)
    return 1 - inRow.reduce((product, ratio) => product * ratio, 1) ** (1 / row.length) / mean(inRow)
  })
  return {
    irlbl: ratios,
    meanIR: mean(ratios),
    cvir: variation(ratios),
    cardinality: mean(rows.map((row) => row.length)),
    density: mean(rows.map((row) => row.length / classCount)),
    scumble: mean(scores),
    scumbleVariation: variation(scores),
    scumblePerClass: ratios.map((_, index) => mean(scores.filter((_, row) => rows[row]!.includes(index)))),
    labelSetCount: new Set(rows.map((row) => [...row].sort().join())).size,
  }
}

describe('the imbalance measures', () => {
  test('are, for an example, those worked out by hand', () => {
    // n = [4, 2, 1], IRLbl = [1, 2, 4]; SCUMBLE of {0, 1}: 1 − √2 / 1.5, of {0, 2}: 1 − 2 / 2.5 = 0.2.
    const statistics = labelStatistics([[0], [0], [0, 1], [0, 2], [1]])
    const pair = 1 - Math.SQRT2 / 1.5
    const measures = imbalanceMeasures(statistics, { featureCount: 10 })
    expect(measures.irlbl).toEqual([1, 2, 4])
    expectClose(measures.cardinality, 7 / 5)
    expectClose(measures.density, 7 / 15)
    expectClose(measures.meanIR, 7 / 3)
    expectClose(measures.cvir, Math.sqrt(7 / 3) / (7 / 3))
    expectClose(measures.scumble, (pair + 0.2) / 5)
    expect(measures.scumblePerClass[0]).toBeCloseTo((pair + 0.2) / 4, 14)
    expect(measures.scumblePerClass[1]).toBeCloseTo(pair / 2, 14)
    expect(measures.scumblePerClass[2]).toBeCloseTo(0.2, 14)
    expect(measures.labelSetCount).toBe(4)
    expectClose(measures.tcs!, Math.log(10 * 3 * 4))
  })

  test('are their definitions over all samples', () => {
    fc.assert(
      fc.property(labelLists(4), (lists) => {
        // Every class has a sample.
        const rows = [...lists, [0], [1], [2], [3, 0]]
        const measures = imbalanceMeasures(labelStatistics(rows))
        const expected = byDefinition(rows, 4)
        expect(measures.irlbl).toEqual(expected.irlbl)
        expect(measures.labelSetCount).toBe(expected.labelSetCount)
        for (const name of ['meanIR', 'cvir', 'cardinality', 'density', 'scumble'] as const) {
          expect(measures[name]).toBeCloseTo(expected[name], 12)
        }
        measures.scumblePerClass.forEach((found, index) => {
          expect(found).toBeCloseTo(expected.scumblePerClass[index]!, 12)
        })
        if (expected.scumble > 1e-6) expect(measures.scumbleVariation).toBeCloseTo(expected.scumbleVariation, 6)
        expect(measures).not.toHaveProperty('tcs')
      }),
    )
  })

  test('leave classes without a positive out of the means', () => {
    const statistics = labelStatistics([[0], [0], [1]], { classCount: 3 })
    expect(imbalanceRatios(statistics)).toEqual([1, 2, Infinity])
    expect(imbalanceSpread(statistics).meanIR).toBe(1.5)
    expect(scumble(statistics).perClass).toEqual([0, 0, Number.NaN])
    expect(imbalanceSpread(labelStatistics([[]], { classCount: 2 }))).toEqual({ meanIR: Number.NaN, cvir: Number.NaN })
  })

  test('refuse statistics without label sets where they need them', () => {
    const statistics = statisticsFromCounts({ classCounts: [3, 1], sampleCount: 3 })
    expect(labelCardinality(statistics)).toBe(4 / 3)
    expect(labelDensity(statistics)).toBe(2 / 3)
    expect(() => scumble(statistics)).toThrow('SCUMBLE needs label sets')
    expect(() => imbalanceMeasures(statistics)).toThrow('SCUMBLE needs label sets')
    expect(() => theoreticalComplexity(statistics, 3)).toThrow('the theoretical complexity score needs label sets')
    expect(() => theoreticalComplexity(labelStatistics([[0]]), 0)).toThrow(
      'featureCount is 0; expected an integer at least 1',
    )
  })
})

describe('the R package mldr', () => {
  test.each(Object.entries(mldr.dataSets))('has the same cardinality, density and meanIR of %s', (_, expected) => {
    const statistics = statisticsFromCounts(expected)
    expectClose(labelCardinality(statistics), expected.cardinality)
    expectClose(labelDensity(statistics), expected.density)
    // mldr counts IRLbl of a class without a positive as 0 and lets it into the mean.
    const carried = expected.classCounts.filter((count) => count > 0).length
    expectClose((imbalanceSpread(statistics).meanIR * carried) / expected.classCounts.length, expected.meanIR)
  })

  test.each(Object.entries(mldr.irlblPerClass))('has the same IRLbl of every class of %s', (name, irlbl) => {
    const ratios = imbalanceRatios(statisticsFromCounts(mldr.dataSets[name]!))
    expect(ratios).toHaveLength(irlbl.length)
    // A class without a positive has 0 there and Infinity here.
    ratios.forEach((ratio, index) => {
      expectClose(ratio === Infinity ? 0 : ratio, irlbl[index]!)
    })
  })
})

/** Train and test together: the measures are of the whole data set. */
function wholeMeasures(
  load: (path: string) => string,
  name: string,
): ImbalanceMeasures & { readonly sampleCount: number; readonly rows: readonly (readonly number[])[] } {
  const parts = ['train', 'test'].map(
    (part) =>
      JSON.parse(load(`tabular/${name}/${part}.json.gz`)) as { nFeatures: number; nLabels: number; Y: number[][] },
  )
  const { nFeatures, nLabels } = parts[0]!
  const rows = parts.flatMap(({ Y }) => Y)
  const statistics = labelStatistics(rows, { classCount: nLabels })
  return { ...imbalanceMeasures(statistics, { featureCount: nFeatures }), sampleCount: statistics.sampleCount, rows }
}

describeRealData('corel5k', ({ load }) => {
  test('has every measure that the R package mldr gives, to 12 digits', () => {
    const { classCounts, featureCount, ...expected } = mldr.dataSets.corel5k!
    const found = wholeMeasures(load, 'corel5k')
    expect(featureCount).toBe(499)
    for (const [name, value] of Object.entries(expected)) expectClose(found[name as keyof typeof expected]!, value)
    found.irlbl.forEach((ratio, index) => {
      expectClose(ratio, mldr.corel5kPerClass.irlbl[index]!)
      // A score near 0 is a difference of numbers near 1.
      expect(found.scumblePerClass[index]).toBeCloseTo(mldr.corel5kPerClass.scumble[index]!, 12)
    })
  })
})

describeRealData('bibtex', ({ load }) => {
  test('has the size and the means that the Extreme Classification Repository lists', () => {
    // https://manikvarma.github.io/downloads/XC/XMLRepository.html: 4,880 + 2,515 points, 2.40 labels a point, 111.71 points a label.
    const { sampleCount, cardinality, irlbl } = wholeMeasures(load, 'bibtex')
    expect(sampleCount).toBe(4880 + 2515)
    expect(irlbl).toHaveLength(159)
    expect(Math.abs(cardinality - 2.4)).toBeLessThanOrEqual(0.005)
    expect(Math.abs((cardinality * sampleCount) / 159 - 111.71)).toBeLessThanOrEqual(0.005)
  })

  test('has the measures that are reported for it to three decimals', () => {
    const found = wholeMeasures(load, 'bibtex')
    // Reported after mldr by Cometa; taken second-hand, since the list of mldr's own numbers lacks this set.
    const published = { cardinality: 2.402, density: 0.015, meanIR: 12.498, scumble: 0.094, tcs: 20.541 } as const
    for (const [name, value] of Object.entries(published)) {
      // Rounded to three decimals.
      expect(Math.abs(found[name as keyof typeof published]! - value), name).toBeLessThanOrEqual(0.0005)
    }
  })

  test('has the measures that their definitions give over all samples', () => {
    const { rows, sampleCount, tcs, ...found } = wholeMeasures(load, 'bibtex')
    const { irlbl, scumblePerClass, ...expected } = byDefinition(rows, 159)
    for (const [name, value] of Object.entries(expected)) expectClose(found[name as keyof typeof expected], value)
    irlbl.forEach((ratio, index) => {
      expectClose(found.irlbl[index]!, ratio)
      // A score near 0 is a difference of numbers near 1.
      expect(found.scumblePerClass[index]).toBeCloseTo(scumblePerClass[index]!, 12)
    })
    expectClose(tcs!, Math.log(1836 * 159 * found.labelSetCount))
    expect(found.labelSetCount).toBe(2856)
    expect(sampleCount).toBe(rows.length)
  })
})
