import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  precisionRecallF1,
  type ScoredSamples,
  type TuneThresholdsOptions,
  tuneThresholds,
} from '../../src/metrics/index.ts'
import { fixture, samplesOf } from './fixture.ts'
import { oneClass, scoredSamples } from './random-samples.ts'

const distinctScores = [-3, -1, 0, 0.25, 2]
/** Thresholds that make all decisions that are possible on these scores. */
const allCuts = [-4, ...distinctScores]
const smallData = scoredSamples({ classCount: 3, maxSamples: 7, scores: distinctScores })

/** The highest F1 of any thresholds, by trying all 6 × 6 × 6. */
function highestF1(samples: ScoredSamples, average: 'macro' | 'micro'): number {
  const found = allCuts.flatMap((a) =>
    allCuts.flatMap((b) => allCuts.map((c) => precisionRecallF1({ ...samples, thresholds: [a, b, c] })[average].f1)),
  )
  return Math.max(...found)
}

/** The best thresholds on the samples themselves. */
const bestThresholds = (options: TuneThresholdsOptions) => tuneThresholds({ ...options, shrinkage: 0 })

describe('tuneThresholds without shrinkage', () => {
  test.each(['macro', 'micro'] as const)('gives the highest %s F1 that any thresholds give', (average) => {
    fc.assert(
      fc.property(smallData, (samples) => {
        const { thresholds, f1 } = bestThresholds({ ...samples, objective: `${average}-f1` })
        expect(thresholds.every(Number.isFinite)).toBe(true)
        expect(precisionRecallF1({ ...samples, thresholds })[average].f1).toBe(f1)
        expect(f1).toBe(highestF1(samples, average))
      }),
      { numRuns: 60 },
    )
  })

  test.each(fixture.cases)("reaches the best point of scikit-learn's precision_recall_curve: $name", (made) => {
    const samples = samplesOf(made, made.scores)
    const { thresholds, f1, unpredictedClasses } = bestThresholds(samples)
    const { perClass, macro } = precisionRecallF1({ ...samples, thresholds })
    made.classes.highestF1.forEach((expected, index) => {
      // 2PR / (P + R) there, 2 TP / (…) here: a few roundings apart.
      expect(perClass[index]!.f1).toBeCloseTo(expected ?? 0, 12)
    })
    expect(f1).toBe(macro.f1)
    expect(unpredictedClasses).toEqual(made.classes.highestF1.flatMap((best, index) => (best === null ? [index] : [])))
  })

  test('sacrifices a class for micro F1, and not for macro F1', () => {
    // Class 0 is told perfectly; the positive of class 1 hides below eight negatives.
    const labels = { data: [1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], classCount: 2 }
    const scores = { data: [9, 9, 9, 8, 9, 7, 9, 6, -9, 5, -9, 4, -9, 3, -9, 2, -9, 1], classCount: 2 }
    const micro = bestThresholds({ labels, scores, objective: 'micro-f1' })
    expect(micro).toEqual({ thresholds: [0, 9], objective: 'micro-f1', f1: 8 / 9, unpredictedClasses: [1] })
    const macro = bestThresholds({ labels, scores })
    expect(macro).toEqual({ thresholds: [0, 0], objective: 'macro-f1', f1: (1 + 2 / 10) / 2, unpredictedClasses: [] })
  })

  test('lays thresholds midway between the scores that they part', () => {
    expect(bestThresholds(oneClass([1, 1, 0, 0], [3, 2, -1, -2])).thresholds).toEqual([0.5])
    // One unit, or as far as 0, below the lowest score where all are predicted.
    expect(bestThresholds(oneClass([1, 1], [0.25, 2])).thresholds).toEqual([-0.75])
    expect(bestThresholds(oneClass([1, 1], [-1e300, 2])).thresholds).toEqual([-2e300])
    expect(bestThresholds(oneClass([1, 1, 0], [1e308, 1.7e308, 0.9e308])).thresholds).toEqual([0.95e308])
  })

  test('parts scores that are neighbouring floats', () => {
    for (const lower of [1, 1 + Number.EPSILON, -1, 0, 5e-324, 3.3, -(2 ** 60)]) {
      const upper = nextFloat(lower)
      const { thresholds, f1 } = bestThresholds(oneClass([0, 1], [lower, upper]))
      expect(f1).toBe(1)
      expect(upper > thresholds[0]! && !(lower > thresholds[0]!)).toBe(true)
    }
  })

  test('takes the fewest predictions among equally good cuts', () => {
    // F1 2/3 with one prediction (1 of 2 found) and with four (both found).
    expect(bestThresholds(oneClass([1, 0, 0, 1], [4, 3, 2, 1])).thresholds).toEqual([3.5])
  })

  test('leaves a class without positives possible above all its scores, and above 0', () => {
    expect(bestThresholds(oneClass([0, 0], [-3, -2]))).toMatchObject({ thresholds: [0], unpredictedClasses: [0] })
    expect(bestThresholds(oneClass([0, 0, -1], [-3, 2, 5]))).toMatchObject({ thresholds: [2], unpredictedClasses: [0] })
    expect(bestThresholds({ ...oneClass([-1], [5]), objective: 'micro-f1' })).toEqual({
      thresholds: [0],
      objective: 'micro-f1',
      f1: 0,
      unpredictedClasses: [0],
    })
  })

  test('does not read the scores of unknown labels, and refuses infinite ones of known labels', () => {
    expect(bestThresholds(oneClass([1, -1, 0], [1, Number.NaN, 0])).thresholds).toEqual([0.5])
    expect(bestThresholds(oneClass([1, -1, 0], [1, Infinity, 0])).thresholds).toEqual([0.5])
    expect(() => bestThresholds(oneClass([1, 0], [1, -Infinity]))).toThrow(
      expect.objectContaining({
        name: 'DblossError',
        code: 'logits',
        message: 'scores[1, 0] is -Infinity; expected a finite number',
      }),
    )
  })
})

describe('tuneThresholds with shrinkage', () => {
  test.each(['macro', 'micro'] as const)('goes all the way to the best common threshold of %s F1', (average) => {
    fc.assert(
      fc.property(smallData, (samples) => {
        // So heavy that what is left of the own threshold is below the distance of any two scores.
        const { thresholds, f1 } = tuneThresholds({ ...samples, objective: `${average}-f1`, shrinkage: 1e12 })
        const f1At = (threshold: number) => precisionRecallF1({ ...samples, thresholds: threshold })[average].f1
        expect(f1).toBe(Math.max(...allCuts.map(f1At)))
        expect(precisionRecallF1({ ...samples, thresholds })[average].f1).toBe(f1)
      }),
      { numRuns: 60 },
    )
  })

  test('lies between the own and the common threshold, by the number of positives', () => {
    fc.assert(
      fc.property(smallData, fc.double({ min: 0.1, max: 100, noNaN: true }), (samples, shrinkage) => {
        const own = bestThresholds(samples).thresholds
        const [common] = tuneThresholds({ ...samples, shrinkage: Number.MAX_VALUE }).thresholds
        const support = precisionRecallF1(samples).perClass.map((counts) => counts.support)
        tuneThresholds({ ...samples, shrinkage }).thresholds.forEach((threshold, index) => {
          const n = support[index]!
          expect(threshold).toBeCloseTo((n * own[index]! + shrinkage * common!) / (n + shrinkage), 12)
        })
      }),
      { numRuns: 60 },
    )
  })

  test('by hand: two classes, the second without positives', () => {
    // The first is best cut at 2 and F1 1; the mean F1 of a common threshold does not depend on the second, so it is 2 as well.
    const samples = {
      labels: { data: [1, 0, 1, 0, 0, 0], classCount: 2 },
      scores: { data: [3, -1, 5, 0.5, 1, 8], classCount: 2 },
    }
    expect(bestThresholds(samples).thresholds).toEqual([2, 8])
    expect(tuneThresholds(samples)).toEqual({
      thresholds: [2, 2],
      objective: 'macro-f1',
      f1: 0.5,
      unpredictedClasses: [],
    })
  })

  test('the default is worth four positives', () => {
    const samples = scoresOfTwoClasses
    const [own, common] = [bestThresholds(samples), tuneThresholds({ ...samples, shrinkage: Number.MAX_VALUE })].map(
      ({ thresholds }) => thresholds,
    )
    expect(own).toEqual([1.5, -1.5])
    // At −1.5 both classes find all: F1 4/5 and 1; at 1.5 the first has 1, the second nothing.
    expect(common).toEqual([-1.5, -1.5])
    const [first, second] = tuneThresholds(samples).thresholds
    expect(first).toBeCloseTo((2 * 1.5 - 4 * 1.5) / 6, 12)
    expect(second).toBe(-1.5)
  })

  test('without positives everywhere it is the threshold without tuning', () => {
    expect(tuneThresholds(oneClass([0, 0], [3, 2])).thresholds).toEqual([0])
  })

  test('is never negative', () => {
    expect(() => tuneThresholds({ ...oneClass([1, 0], [1, 0]), shrinkage: -1 })).toThrow(
      expect.objectContaining({ code: 'argument', message: expect.stringContaining('shrinkage is -1') }),
    )
  })
})

/** The first class is told perfectly above 1.5, the second above −1.5. */
const scoresOfTwoClasses = {
  labels: { data: [1, 0, 1, 0, 0, 1, 0, 0], classCount: 2 },
  scores: { data: [2, -2, 3, -2, 1, -1, -5, -3], classCount: 2 },
}

function nextFloat(value: number): number {
  const bits = new BigInt64Array(new Float64Array([value]).buffer)
  bits[0]! += value >= 0 ? 1n : -1n
  return new Float64Array(bits.buffer)[0]!
}
