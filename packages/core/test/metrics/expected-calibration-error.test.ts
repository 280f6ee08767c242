import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectedCalibrationError, type ReliabilityBin } from '../../src/metrics/index.ts'
import { calibrationCases, samplesOf } from './fixture.ts'
import { oneClass, scoredSamples } from './random-samples.ts'

describe('expectedCalibrationError', () => {
  const cases = calibrationCases.flatMap((made) =>
    made.calibration.map((expected) => ({ made, expected, ...expected })),
  )

  test.each(cases)("agrees with scikit-learn's calibration_curve: $made.name, $binCount bins", ({ made, expected }) => {
    const result = expectedCalibrationError({ ...samplesOf(made, made.logits), bins: expected.binCount })
    const pairs = [
      [result.micro, expected.micro],
      ...result.perClass.map((found, index) => [found, expected.perClass[index]!]),
    ] as const
    expect(pairs).toHaveLength(made.classCount + 1)
    // Sums of at most 240 probabilities, in another order.
    for (const [found, wanted] of pairs) {
      expect(found!.error).toBeCloseTo(wanted!.error, 12)
      expect(found!.bins.map(({ count }) => count)).toEqual(wanted!.bins.map(({ count }) => count))
      found!.bins.forEach(({ meanProbability, positiveShare }, bin) => {
        expect(meanProbability).toBeCloseTo(wanted!.bins[bin]!.meanProbability, 12)
        expect(positiveShare).toBeCloseTo(wanted!.bins[bin]!.positiveShare, 12)
      })
    }
    expect(result.macro).toBeCloseTo(expected.macro, 12)
  })

  test('has 15 bins of equal width, each with its edges, and lists those that hold something', () => {
    const { bins } = expectedCalibrationError(oneClass([0, 1, 1, -1], [-9, 0.1, 9, 0.9])).micro
    expect(bins.map(({ lower, upper }) => [lower, upper])).toEqual([
      [0, 1 / 15],
      [7 / 15, 8 / 15],
      [14 / 15, 1],
    ])
  })

  test('counts an edge to the bin below, 0 to the first and 1 to the last', () => {
    const counts = (score: number): number[] =>
      expectedCalibrationError({ ...oneClass([1], [score]), bins: 2 }).micro.bins.map(({ upper }) => upper)
    expect(counts(0)).toEqual([0.5])
    expect(counts(1e-9)).toEqual([1])
    expect(counts(-Infinity)).toEqual([0.5])
    expect(counts(Infinity)).toEqual([1])
  })

  test('is 0 for probabilities that are shares, and 1 for certain errors', () => {
    const third = Math.log(1 / 2)
    // σ(log ½) is ⅓ but for rounding.
    expect(expectedCalibrationError(oneClass([1, 0, 0], [third, third, third])).macro).toBeCloseTo(0, 15)
    expect(expectedCalibrationError(oneClass([1, 0], [-Infinity, Infinity])).macro).toBe(1)
  })

  test('with one bin is the gap between mean probability and share, whatever is unknown', () => {
    fc.assert(
      fc.property(scoredSamples({ classCount: 2, maxSamples: 8 }), (samples) => {
        const labels = samples.labels.data
        const known = labels.flatMap((label, place) =>
          label === -1 ? [] : [{ label, probability: 1 / (1 + Math.exp(-samples.scores.data[place]!)) }],
        )
        fc.pre(known.length > 0)
        const gap = known.reduce((sum, { label, probability }) => sum + probability - label, 0) / known.length
        const { micro } = expectedCalibrationError({ ...samples, bins: 1 })
        // 16 probabilities, summed in another order.
        expect(micro.error).toBeCloseTo(Math.abs(gap), 13)
        expect(micro.bins).toHaveLength(1)
      }),
    )
  })

  test('loses no element to the bins, and never exceeds 1', () => {
    const total = (bins: readonly ReliabilityBin[]): number => bins.reduce((sum, { count }) => sum + count, 0)
    fc.assert(
      fc.property(scoredSamples({ classCount: 3, maxSamples: 8 }), fc.integer({ min: 1, max: 20 }), (samples, bins) => {
        const known = samples.labels.data.filter((label) => label !== -1).length
        fc.pre(known > 0)
        const { micro, perClass } = expectedCalibrationError({ ...samples, bins })
        expect(total(micro.bins)).toBe(known)
        expect(perClass.reduce((sum, one) => sum + total(one.bins), 0)).toBe(known)
        expect(micro.error).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('is NaN for a class without known labels, which macro leaves out', () => {
    const labels = { data: [1, -1, 0, -1], classCount: 2 }
    const { macro, perClass } = expectedCalibrationError({ labels, scores: { data: [0, 1, 0, 1], classCount: 2 } })
    expect(perClass[1]).toEqual({ error: Number.NaN, bins: [] })
    expect(macro).toBe(perClass[0]!.error)
  })

  test.each([0, 2.5, Number.NaN])('refuses %s bins', (bins) => {
    expect(() => expectedCalibrationError({ ...oneClass([1], [1]), bins })).toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'argument', message: expect.stringContaining('bins is') }),
    )
  })

  test('refuses data without a known label', () => {
    expect(() => expectedCalibrationError(oneClass([-1], [1]))).toThrow('labels are all unknown')
  })
})
