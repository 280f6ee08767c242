import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, evaluate, outputProgram, type TwoWayOptions, twoWayLoss } from '../../../src/index.ts'
import { expectUnknownTakesNoPart } from '../coupled-losses.ts'
import { hardBatches } from '../detection/batches.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import { expectFiniteAtExtremes, expectSameFromRecord } from '../loss-properties.ts'

const loss = twoWayLoss()

interface Score {
  readonly z: number
  readonly y: number
}

/** The formula as it is written, over lists of scores: rows, or columns. */
function meanContrast(lists: readonly (readonly Score[])[], tp: number, tn: number): number {
  const costs = lists
    .filter((list) => list.some(({ y }) => y === 1))
    .map((list) => {
      const sumOf = (label: number, exponent: (z: number) => number) =>
        list.filter(({ y }) => y === label).reduce((total, { z }) => total + Math.exp(exponent(z)), 0)
      return Math.log(1 + sumOf(0, (z) => z / tn) ** tn * sumOf(1, (z) => -z / tp) ** tp)
    })
  return costs.length === 0 ? 0 : costs.reduce((total, cost) => total + cost) / costs.length
}

function byHand({ logits, labels, batchSize }: Batch, tp: number, tn: number): number {
  const classCount = labels.length / batchSize
  const score = (row: number, index: number): Score => ({
    z: logits[row * classCount + index]!,
    y: labels[row * classCount + index]!,
  })
  const range = (length: number) => Array.from({ length }, (_, index) => index)
  const rows = range(batchSize).map((row) => range(classCount).map((index) => score(row, index)))
  const columns = range(classCount).map((index) => range(batchSize).map((row) => score(row, index)))
  return meanContrast(rows, tp, tn) + meanContrast(columns, tp, tn)
}

describe('the two-way loss', () => {
  test.each<[number, number, TwoWayOptions]>([
    [4, 1, {}],
    [1, 1, { positiveTemperature: 1 }],
    [0.5, 2, { positiveTemperature: 0.5, negativeTemperature: 2 }],
  ])('is its formula as it is written: T_p %d, T_n %d', (tp, tn, options) => {
    const withOptions = twoWayLoss(options)
    fc.assert(
      fc.property(hardBatches(3), (batch) => {
        const expected = byHand(batch, tp, tn)
        // The powers of the written form multiply its rounding.
        expect(Math.abs(evaluate(withOptions, batch).value - expected)).toBeLessThanOrEqual(1e-13 * (1 + expected))
      }),
    )
  })
  test('of one positive and one negative is log(1 + e^{z_neg − z_pos}), side by side or one above the other', () => {
    const batch = { logits: Float64Array.of(0.3, 1.1), labels: Float64Array.of(1, 0), batchSize: 1 }
    expect(evaluate(loss, batch).value).toBeCloseTo(Math.log(1 + Math.exp(1.1 - 0.3)), 14)
    const column = { ...batch, batchSize: 2 }
    expect(evaluate(loss, column).value).toBeCloseTo(Math.log(1 + Math.exp(1.1 - 0.3)), 14)
  })
  test('does not change when all logits are shifted', () => {
    fc.assert(
      fc.property(hardBatches(4), fc.double({ min: -50, max: 50, noNaN: true }), (batch, shift) => {
        const logits = Float64Array.from(batch.logits, (logit) => logit + shift)
        const [plain, shifted] = [batch, { ...batch, logits }].map((either) => evaluate(loss, either).value)
        // Shifted logits have a rounding of eps · 50, and T_p a sum of them.
        expect(Math.abs(plain! - shifted!)).toBeLessThanOrEqual(1e-12)
      }),
      { numRuns: 20 },
    )
  })
  test('is finite without positives, without negatives, and with one label', () => {
    const logits = Float64Array.of(3, -2, 1e4, -1e4)
    for (const labels of [
      [0, 0, 0, 0],
      [1, 1, 1, 1],
      [1, 1, 0, 0],
      [1, 0, 1, 0],
      [-1, 1, -1, 0],
      [0, -1, -1, -1],
    ]) {
      for (const round of [undefined, Math.fround]) {
        const batch = { logits, labels: Float64Array.from(labels), batchSize: 2 }
        const { value, gradient } = evaluate(loss, batch, round === undefined ? {} : { round })
        expect([value, ...gradient].every(Number.isFinite)).toBe(true)
        if (new Set(labels).size === 1) expect([value, ...gradient].map(Math.abs)).toEqual([0, 0, 0, 0, 0])
      }
    }
  })
  test('takes labels above ½ as positive and below as negative', () => {
    const logits = Float64Array.of(0.3, 1.1, -0.4)
    const value = (...labels: number[]) =>
      evaluate(loss, { logits, labels: Float64Array.from(labels), batchSize: 1 }).value
    expect(value(0.75, 0.25, 0.5)).toBe(value(1, 0, -1))
  })
  test('has the gradient of finite differences', () => {
    fc.assert(
      fc.property(hardBatches(3), (batch) => expectGradientOfFiniteDifferences(loss, batch)),
      { numRuns: 20 },
    )
  })
  test('is finite at extremes, takes nothing from unknown labels, and comes back from its record', () => {
    expectFiniteAtExtremes(loss)
    expectUnknownTakesNoPart(loss)
    expectSameFromRecord(twoWayLoss({ positiveTemperature: 2, negativeTemperature: 3, reduction: 'sum' }), {
      logits: Float64Array.of(0.5, -1, 2),
      labels: Float64Array.of(1, 0, -1),
      batchSize: 1,
    })
  })
  test('is one number: it has no rows, and no reduction but mean and sum', () => {
    const batch = { logits: Float64Array.of(0.3, 1.1), labels: Float64Array.of(1, 0), batchSize: 1 }
    expect(evaluate(twoWayLoss({ reduction: 'sum' }), batch)).toEqual(evaluate(loss, batch))
    expect(() => outputProgram(loss, 'rows')).toThrow('has no per-row form')
    expect(() => twoWayLoss({ reduction: 'none' as 'sum' })).toThrow('two-way couples the rows of a batch')
  })
  test.each([
    [{ positiveTemperature: 0 }, 'positiveTemperature is 0; expected a number at least 0.000001 and at most 1000000'],
    [{ negativeTemperature: Number.NaN }, 'negativeTemperature is NaN'],
    [{ negativeTemperature: 1e7 }, 'negativeTemperature is 10000000'],
  ])('refuses %o', (options, message) => {
    expect(() => twoWayLoss(options)).toThrow(message)
  })
})
