import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundedRoot } from '../../src/metrics/bounded-root.ts'
import { expectedCalibrationError, fitTemperature, scaleByTemperature } from '../../src/metrics/index.ts'
import { calibrationCases, samplesOf } from './fixture.ts'
import { oneClass, scoredSamples } from './random-samples.ts'

describe('fitTemperature', () => {
  test.each(calibrationCases)('agrees with scipy.optimize: $name', (made) => {
    const samples = samplesOf(made, made.logits)
    const { shared, perClass, loss } = made.temperature
    const one = fitTemperature(samples)
    const each = fitTemperature({ ...samples, scope: 'per-class' })
    // Where the derivative is 0 to rounding; brentq was told 1e-14.
    for (const temperature of one.temperatures) expect(temperature / shared).toBeCloseTo(1, 10)
    expect(one.temperatures).toHaveLength(made.classCount)
    each.temperatures.forEach((temperature, index) => {
      expect(temperature / perClass[index]!).toBeCloseTo(1, 10)
    })
    // 240 logarithms of probabilities there, softplus here.
    expect(one.loss.before).toBeCloseTo(loss.before, 12)
    expect(one.loss.after).toBeCloseTo(loss.shared, 12)
    expect(each.loss.after).toBeCloseTo(loss.perClass, 12)
    expect([...one.boundedClasses, ...each.boundedClasses]).toEqual([])
  })

  test('lowers the calibration error of overconfident logits', () => {
    for (const made of calibrationCases) {
      const { labels, scores } = samplesOf(made, made.logits)
      const scaled = scaleByTemperature(scores, fitTemperature({ labels, scores }).temperatures)
      const before = expectedCalibrationError({ labels, scores, bins: 5 }).micro.error
      expect(expectedCalibrationError({ labels, scores: scaled, bins: 5 }).micro.error).toBeLessThan(before)
    }
  })

  test('never raises the loss, by class still less than shared, and no other temperature is better', () => {
    const data = scoredSamples({ classCount: 3, maxSamples: 10 })
    fc.assert(
      fc.property(data, fc.double({ min: 0.01, max: 100, noNaN: true }), (samples, other) => {
        fc.pre(samples.labels.data.some((label) => label !== -1))
        const shared = fitTemperature(samples)
        const perClass = fitTemperature({ ...samples, scope: 'per-class' })
        const atOther = fitTemperature({ ...samples, scores: scaleByTemperature(samples.scores, other) }).loss.before
        // Rounding of the mean of at most 30 terms below 700.
        const rounding = 1e-12
        expect(shared.loss.after).toBeLessThanOrEqual(shared.loss.before + rounding)
        expect(shared.loss.after).toBeLessThanOrEqual(atOther + rounding)
        expect(perClass.loss.after).toBeLessThanOrEqual(shared.loss.after + rounding)
        for (const temperature of [...shared.temperatures, ...perClass.temperatures]) {
          expect(temperature).toBeGreaterThanOrEqual(0.01)
          expect(temperature).toBeLessThanOrEqual(100)
        }
      }),
    )
  })

  test('finds the temperature again by which logits were multiplied', () => {
    const [made] = calibrationCases
    const { labels, scores } = samplesOf(made!, made!.logits)
    const { temperatures } = fitTemperature({ labels, scores })
    for (const factor of [0.2, 1, 3, 25]) {
      const hotter = fitTemperature({ labels, scores: scaleByTemperature(scores, 1 / factor) }).temperatures
      expect(hotter[0]! / temperatures[0]! / factor).toBeCloseTo(1, 10)
    }
  })

  test('stops at the bounds and says so', () => {
    const separable = oneClass([1, 0, 0], [0.3, -2, -0.1])
    expect(fitTemperature(separable)).toMatchObject({ temperatures: [0.01], boundedClasses: [0] })
    const reversed = oneClass([0, 1], [3, -2])
    expect(fitTemperature(reversed)).toMatchObject({ temperatures: [100], boundedClasses: [0] })
    const labels = { data: [1, 1, 0, 0, 0, 1], classCount: 2 }
    const scores = { data: [2, 2, -1, 1, -2, 3], classCount: 2 }
    expect(fitTemperature({ labels, scores, scope: 'per-class' }).boundedClasses).toEqual([0])
    expect(fitTemperature({ labels, scores }).boundedClasses).toEqual([])
  })

  test('is 1 where the loss does not depend on it', () => {
    const labels = { data: [1, -1, 0, -1], classCount: 2 }
    const { temperatures, boundedClasses } = fitTemperature({
      labels,
      scores: { data: [0, Number.NaN, 0, 7], classCount: 2 },
      scope: 'per-class',
    })
    expect(temperatures).toEqual([1, 1])
    expect(boundedClasses).toEqual([])
  })

  test('stays finite for extreme logits', () => {
    const { temperatures, loss } = fitTemperature(oneClass([1, 0, 0, 1], [900, -800, 700, 1000]))
    expect(loss.before).toBeCloseTo(700 / 4, 10)
    // σ(−7) and less beside the 7 of the wrong one.
    expect(loss.after).toBeCloseTo(7 / 4, 3)
    expect(temperatures[0]).toBe(100)
  })

  test.each([
    ['an infinite score', [1, 0], [1, -Infinity], 'logits', 'scores[1, 0] is -Infinity; expected a finite number'],
    ['a NaN score', [1, 0], [Number.NaN, 1], 'logits', 'scores[0, 0] is NaN'],
    ['only unknown labels', [-1, -1], [1, 1], 'labels', 'labels are all unknown'],
  ])('refuses %s', (_, labels, scores, code, message) => {
    expect(() => fitTemperature(oneClass(labels, scores))).toThrow(
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
    )
  })
})

describe('scaleByTemperature', () => {
  const scores = { data: new Float32Array([1, 2, 3, -4]), classCount: 2 }

  test('divides each class by its temperature and leaves the scores alone', () => {
    expect([...scaleByTemperature(scores, [2, 4]).data]).toEqual([0.5, 0.5, 1.5, -1])
    expect([...scaleByTemperature(scores, 2).data]).toEqual([0.5, 1, 1.5, -2])
    expect([...scores.data]).toEqual([1, 2, 3, -4])
  })

  test.each([
    [[1], 'shape', 'temperatures has 1 values for 2 classes'],
    [[1, 0], 'argument', 'temperatures[1] is 0; expected a number above 0'],
    [Infinity, 'argument', 'temperatures[0] is Infinity'],
  ])('refuses %s', (temperatures, code, message) => {
    expect(() => scaleByTemperature(scores, temperatures)).toThrow(
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
    )
  })
})

describe('boundedRoot', () => {
  test('finds the root where Newton alone leaves the bracket', () => {
    // Newton on arctan diverges from |x| > 1.39 away from the root.
    const arctan = (root: number) => (x: number) => ({
      value: Math.atan(40 * (x - root)),
      slope: 40 / (1 + (40 * (x - root)) ** 2),
    })
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 99, noNaN: true }), (root) => {
        expect(boundedRoot(arctan(root), { lower: 0.01, upper: 100, start: 1 }) / root).toBeCloseTo(1, 12)
      }),
    )
  })

  test('gives the nearer bound for a root outside', () => {
    const line = (root: number) => (x: number) => ({ value: x - root, slope: 1 })
    expect(boundedRoot(line(7), { lower: 1, upper: 5, start: 2 })).toBe(5)
    expect(boundedRoot(line(0.5), { lower: 1, upper: 5, start: 2 })).toBe(1)
  })
})
