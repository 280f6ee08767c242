import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { statisticsFromCounts } from '../../src/labels/index.ts'
import { type DecisionScores, longTailMetrics, precisionRecallF1 } from '../../src/metrics/index.ts'
import { fixture, samplesOf } from './fixture.ts'
import { oneClass, scoredSamples } from './random-samples.ts'

function expectClose(found: DecisionScores, expected: DecisionScores): void {
  // A mean of at most 40 ratios, summed in another order.
  expect(found.precision).toBeCloseTo(expected.precision, 12)
  expect(found.recall).toBeCloseTo(expected.recall, 12)
  expect(found.f1).toBeCloseTo(expected.f1, 12)
}

describe('precisionRecallF1', () => {
  test.each(fixture.cases)('agrees with scikit-learn: $name', (made) => {
    const result = precisionRecallF1({ ...samplesOf(made, made.scores), thresholds: made.thresholds })
    expectClose(result.micro, made.decisions.micro)
    expectClose(result.macro, made.decisions.macro)
    expectClose(result.samples, made.decisions.samples)
    expect(result.perClass).toHaveLength(made.classCount)
    result.perClass.forEach((found, index) => {
      expectClose(found, made.decisions.perClass[index]!)
      expect(found.support).toBe(made.decisions.perClass[index]!.support)
    })
  })

  test('is the same by longTailMetrics', () => {
    const statistics = statisticsFromCounts({ classCounts: [3, 2, 1], sampleCount: 5 })
    fc.assert(
      fc.property(scoredSamples({ classCount: 3, maxSamples: 6 }), (samples) => {
        const { f1, perClass } = longTailMetrics({ ...samples, statistics, thresholds: [0, 1, -1] })
        const alone = precisionRecallF1({ ...samples, thresholds: [0, 1, -1] })
        expect(perClass).toEqual(alone.perClass)
        expect(f1).toEqual({ micro: alone.micro.f1, macro: alone.macro.f1, samples: alone.samples.f1 })
      }),
    )
  })

  test('is NaN only by sample, and only where no label is known', () => {
    const { micro, macro, samples, perClass } = precisionRecallF1(oneClass([-1, -1], [1, Number.NaN]))
    const zero = { precision: 0, recall: 0, f1: 0 }
    expect(samples).toEqual({ precision: Number.NaN, recall: Number.NaN, f1: Number.NaN })
    expect([micro, macro]).toEqual([zero, zero])
    expect(perClass).toEqual([{ ...zero, support: 0 }])
  })

  test('takes the number of classes from the scores', () => {
    const scores = { data: [1, -1, 1, 1, 1, -1], classCount: 3 }
    expect(precisionRecallF1({ labels: [[0], [1]], scores }).perClass.map(({ support }) => support)).toEqual([1, 1, 0])
    expect(() => precisionRecallF1({ labels: [[0], [3]], scores })).toThrow(
      'labels[1] has class index 3 but the scores have 3 classes',
    )
    expect(() => precisionRecallF1({ labels: [[0], [1]], scores: { data: [1, 2], classCount: 0 } })).toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'shape', message: expect.stringContaining('classCount 0') }),
    )
  })

  test('says which threshold is NaN', () => {
    const message = (thresholds: number | number[]) => () => precisionRecallF1({ ...oneClass([1], [1]), thresholds })
    expect(message(Number.NaN)).toThrow('thresholds is NaN')
    expect(message([Number.NaN])).toThrow('thresholds[0] is NaN')
  })
})
