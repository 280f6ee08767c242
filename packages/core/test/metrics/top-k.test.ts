import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ndcgAtK,
  type PropensityScoredOptions,
  precisionAtK,
  propensityScoredNdcg,
  propensityScoredPrecision,
} from '../../src/metrics/index.ts'
import { fixture, samplesOf } from './fixture.ts'
import { type MatrixSamples, oneClass, scoredSamples } from './random-samples.ts'

const measures = { precisionAtK, ndcgAtK, propensityScoredPrecision, propensityScoredNdcg }
const byName = Object.entries(measures) as [
  keyof typeof measures,
  (options: PropensityScoredOptions & MatrixSamples) => number,
][]

/** Written by fixtures/make-top-k.py; null where no sample has a positive. */
const references: {
  readonly cases: readonly {
    readonly name: string
    readonly propensities: readonly number[]
    readonly places: readonly ({ readonly k: number } & Readonly<Record<keyof typeof measures, number | null>>)[]
  }[]
} = JSON.parse(readFileSync(new URL('./fixtures/top-k.json', import.meta.url), 'utf8'))

describe.each(byName)('%s', (name, measure) => {
  test.each(references.cases)('agrees with numpy: $name', ({ name: data, propensities, places }) => {
    const made = fixture.cases.find((one) => one.name === data)!
    for (const { k, [name]: expected } of places) {
      const value = measure({ ...(samplesOf(made, made.scores) as MatrixSamples), k, propensities })
      // Sums of at most 40 · 6 quotients, in another order.
      if (expected === null) expect(value).toBeNaN()
      else expect(value).toBeCloseTo(expected, 12)
    }
  })

  test('does not change under a rising transform of each sample', () => {
    fc.assert(
      fc.property(scoredSamples({ classCount: 4, maxSamples: 5 }), fc.constantFrom(1, 2, 4), (samples, k) => {
        fc.pre(samples.labels.data.some((label) => label !== -1))
        const data = samples.scores.data.map((score, element) => Math.floor(element / 4) + Math.exp(score))
        const options = { ...samples, k, propensities: [0.3, 1, 0.2, 0.6] }
        expect(measure({ ...options, scores: { data, classCount: 4 } })).toBe(measure(options))
      }),
    )
  })

  test('leaves samples without known labels out, and refuses data without any', () => {
    const options = { k: 2, propensities: [0.5, 0.25, 1] }
    const scores = { data: [1, 2, 3, Number.NaN, 0, 0], classCount: 3 }
    const row = { data: [1, 0, 0], classCount: 3 }
    expect(measure({ labels: { ...row, data: [...row.data, -1, -1, -1] }, scores, ...options })).toBe(
      measure({ labels: row, scores: { data: [1, 2, 3], classCount: 3 }, ...options }),
    )
    expect(() => measure({ ...oneClass([-1, -1], [0, 0]), k: 1, propensities: [1] })).toThrow('labels are all unknown')
  })

  test('puts the class with the smaller index first where scores are tied', () => {
    const scores = { data: [1, 1, 1], classCount: 3 }
    const of = (labels: number[]): number =>
      measure({ labels: { data: labels, classCount: 3 }, scores, k: 1, propensities: [0.5, 0.5, 0.5] })
    expect(of([1, 0, 0])).toBe(1)
    expect(of([0, 1, 0])).toBe(0)
  })

  test.each([
    [{ k: 0 }, 'k is 0; expected an integer at least 1 and at most 2'],
    [{ k: 3 }, 'k is 3; expected an integer at least 1 and at most 2'],
    [{ k: 1.5 }, 'k is 1.5; expected an integer'],
    [{ labels: { data: [0.5, 1], classCount: 2 } }, 'labels[0, 0] is 0.5; an evaluation needs 0, 1 or −1'],
    [{ scores: { data: [Number.NaN, 1], classCount: 2 } }, 'scores[0, 0] is NaN; expected a number'],
    [{ labels: { data: [1, 1, 0], classCount: 3 } }, 'labels has 3 columns but the scores have 2 classes'],
  ])('refuses %j', (wrong, message) => {
    const options = {
      labels: { data: [1, 0], classCount: 2 },
      scores: { data: [1, 0], classCount: 2 },
      k: 1,
      propensities: [1, 1],
    }
    expect(() => measure({ ...options, ...wrong })).toThrow(
      expect.objectContaining({ name: 'DblossError', message: expect.stringContaining(message) }),
    )
  })
})

describe('a perfect ranking', () => {
  const perfect = fc
    .tuple(
      scoredSamples({ classCount: 5, maxSamples: 4, labels: [0, 1] }),
      fc.constantFrom(1, 3, 5),
      fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
    )
    .map(([{ labels }, k, propensities]) => ({
      labels,
      k,
      propensities,
      scores: { data: labels.data.map((label, element) => label / propensities[element % 5]!), classCount: 5 },
    }))

  test('has 1 of what is normalised, if any sample has a positive', () => {
    fc.assert(
      fc.property(perfect, (options) => {
        fc.pre(options.labels.data.includes(1))
        expect(propensityScoredPrecision(options)).toBe(1)
        expect(propensityScoredNdcg(options)).toBe(1)
        const withPositives = Array.from({ length: options.labels.data.length / 5 }, (_, row) =>
          options.labels.data.slice(row * 5, row * 5 + 5).includes(1),
        )
        const share = withPositives.filter((has) => has).length / withPositives.length
        expect(ndcgAtK(options)).toBeCloseTo(share, 14)
      }),
    )
  })
})

describe('with all propensities 1', () => {
  test('PSP@k is the hits in parts of those that can be had', () => {
    fc.assert(
      fc.property(
        scoredSamples({ classCount: 4, maxSamples: 5, labels: [0, 1] }),
        fc.constantFrom(1, 2, 4),
        (samples, k) => {
          fc.pre(samples.labels.data.includes(1))
          const rows = Array.from({ length: samples.labels.data.length / 4 }, (_, row) =>
            samples.labels.data.slice(row * 4, row * 4 + 4).filter((label) => label === 1),
          )
          const possible = rows.reduce((sum, positives) => sum + Math.min(k, positives.length), 0)
          const hits = precisionAtK({ ...samples, k }) * k * rows.length
          const value = propensityScoredPrecision({ ...samples, k, propensities: [1, 1, 1, 1] })
          expect(value).toBeCloseTo(hits / possible, 14)
        },
      ),
    )
  })
})

describe('numbers of others', () => {
  test('mwydmuch/napkinXC@848f9fa, python/tests/test_metrics.py: T2 and L2f', () => {
    const labels = { data: [0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1], classCount: 8 }
    const scores = {
      data: [0, 1, 0.9, 0.4, 0.8, 0.35, 0.3, 0.2, 0, 0.1, 0.3, 0.8, 0, 0.2, 0.9, 1],
      classCount: 8,
    }
    const expected = { precision: [1, 3 / 4, 2 / 3], ndcg: [1, 0.8065736, 0.73463936] }
    for (const k of [1, 2, 3]) {
      expect(precisionAtK({ labels, scores, k })).toBeCloseTo(expected.precision[k - 1]!, 14)
      // Seven digits are given there.
      expect(ndcgAtK({ labels, scores, k })).toBeCloseTo(expected.ndcg[k - 1]!, 7)
    }
  })

  test('kunaldahiya/pyxclib, the example in issue 3: P@3 is 100 %, PSP@3 40 %', () => {
    const samples = { labels: [[0, 1, 2, 3, 4, 5]], scores: { data: [1, 2, 3, 4, 5, 6], classCount: 6 } }
    const propensities = [4, 5, 6, 1, 2, 3].map((inverse) => 1 / inverse)
    expect(precisionAtK({ ...samples, k: 3 })).toBe(1)
    expect(propensityScoredPrecision({ ...samples, k: 3, propensities })).toBeCloseTo(0.4, 14)
  })
})

describe('what a propensity-scored measure says', () => {
  const samples = { labels: [[0, 1]], scores: { data: [2, 1, 0], classCount: 3 } }

  test('a rare class in the first place is worth more', () => {
    const rareFirst = { ...samples, k: 1, propensities: [0.1, 0.9, 1] }
    expect(propensityScoredPrecision(rareFirst)).toBe(1)
    expect(propensityScoredPrecision({ ...rareFirst, propensities: [0.9, 0.1, 1] })).toBeCloseTo(1 / 9, 14)
  })

  test('nothing, as NaN, where no sample has a positive', () => {
    const none = { ...samples, labels: [[]], k: 1, propensities: [0.1, 0.9, 1] }
    expect(propensityScoredPrecision(none)).toBeNaN()
    expect(propensityScoredNdcg(none)).toBeNaN()
    expect([precisionAtK(none), ndcgAtK(none)]).toEqual([0, 0])
  })

  test.each([
    [[0.5, 0.5], 'propensities has 2 values for 3 classes'],
    [[0.5, 0, 1], 'propensities[1] is 0; expected a number at least 1e-30 and at most 1'],
    [[0.5, 1.1, 1], 'propensities[1] is 1.1; expected'],
  ])('it refuses the propensities %j', (propensities, message) => {
    for (const measure of [propensityScoredPrecision, propensityScoredNdcg]) {
      expect(() => measure({ ...samples, k: 1, propensities })).toThrow(message)
    }
  })
})
