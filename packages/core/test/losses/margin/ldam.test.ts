import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binaryCrossEntropy, evaluate, ldamLoss, lossLatex, statisticsFromCounts } from '../../../src/index.ts'
import { expectEqualLosses, expectUnknownTakesNoPart, knownRows } from '../coupled-losses.ts'
import { anyBatches, logPlus } from '../detection/batches.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import { expectFiniteAtExtremes, expectSameFromRecord, expectUnknownLeftOut } from '../loss-properties.ts'

const statistics = statisticsFromCounts({ classCounts: [160, 10, 810], sampleCount: 1000 })
/** ½ (10 / n)^¼ for n = 160, 10 and 810. */
const margins = [1 / 4, 1 / 2, 1 / 6]

describe('LDAM', () => {
  test('kozistr/pytorch_optimizer@7dfa938, tests/test_loss_functions.py test_ldam_loss: softmax, margin 0.5, scale 30', () => {
    const loss = ldamLoss(statisticsFromCounts({ classCounts: [1, 2, 3, 4], sampleCount: 10 }), { form: 'softmax' })
    const { value } = evaluate(loss, {
      logits: Float64Array.of(-0.5, -0.25, 0.25, 0.5, 0.8, -0.25, 0.25, 0.5),
      labels: Float64Array.of(0, 0, 0, 1, 1, 0, 0, 0),
      batchSize: 2,
    })
    // Given there with eight digits, from float32.
    expect(value).toBeCloseTo(4.5767049, 6)
  })
  test('the margin grows with n^−¼, and that of the rarest class is the largest', () => {
    const { elements } = evaluate(ldamLoss(statistics), {
      logits: Float64Array.of(0.2, 0.2, 0.2),
      labels: Float64Array.of(1, 1, 1),
      batchSize: 1,
    })
    for (const [index, margin] of margins.entries()) {
      expect(elements![index]).toBeCloseTo(logPlus(-30 * (0.2 - margin)), 13)
    }
  })
  test('the sigmoid form is its formula as it is written', () => {
    const loss = ldamLoss(statistics, { scale: 2, maximumMargin: 1, reduction: 'sum' })
    fc.assert(
      fc.property(anyBatches(3), (batch) => {
        const { value } = evaluate(loss, batch)
        const expected = knownRows(batch)
          .flat()
          .reduce(
            (sum, { z, y, index }) => sum + y * logPlus(-2 * (z - 2 * margins[index]!)) + (1 - y) * logPlus(2 * z),
            0,
          )
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-13 * (1 + expected))
      }),
      { numRuns: 30 },
    )
  })
  test('the softmax form is its formula as it is written', () => {
    const loss = ldamLoss(statistics, { scale: 2, form: 'softmax' })
    fc.assert(
      fc.property(anyBatches(3), (batch) => {
        const { rows } = evaluate(loss, batch)
        for (const [row, entries] of knownRows(batch).entries()) {
          const exponents = entries.map(({ z, y, index }) => 2 * (z - y * margins[index]!))
          const total = Math.log(exponents.reduce((sum, exponent) => sum + Math.exp(exponent), 0))
          const expected = entries.reduce((sum, { y }, index) => sum + y * (total - exponents[index]!), 0)
          expect(Math.abs(rows![row]! - expected)).toBeLessThanOrEqual(1e-13 * (1 + expected))
        }
      }),
      { numRuns: 30 },
    )
  })
  test('without margin and with scale 1, the sigmoid form is binary cross-entropy', () => {
    const [plain, bce] = [ldamLoss(statistics, { maximumMargin: 0, scale: 1 }), binaryCrossEntropy()]
    fc.assert(
      fc.property(anyBatches(3), (batch) => expectEqualLosses(plain, bce, batch)),
      { numRuns: 20 },
    )
  })
  test.each(['sigmoid', 'softmax'] as const)('the %s form has the gradient of finite differences', (form) => {
    const loss = ldamLoss(statistics, { form, scale: 3 })
    fc.assert(
      fc.property(anyBatches(3), (batch) => expectGradientOfFiniteDifferences(loss, batch)),
      { numRuns: 20 },
    )
  })
  test('is finite at extremes, takes nothing from unknown labels, and comes back from its record', () => {
    const batch = { logits: Float64Array.of(0.5, -1, 2), labels: Float64Array.of(1, 0.25, -1), batchSize: 1 }
    expectUnknownLeftOut(ldamLoss(statistics))
    expectUnknownTakesNoPart(ldamLoss(statistics, { form: 'softmax' }))
    for (const form of ['sigmoid', 'softmax'] as const) {
      expectFiniteAtExtremes(ldamLoss(statistics, { form }))
      expectSameFromRecord(ldamLoss(statistics, { form, maximumMargin: 0.3, scale: 7, reduction: 'sum' }), batch)
    }
  })
  test('reads like the paper', () => {
    expect(lossLatex(ldamLoss(statistics))).toContain(
      String.raw`y_{i} \, \log\left(1 + e^{-s \, \left(z_{i} - m_{i}\right)}\right)`,
    )
  })
  test.each([
    [{ maximumMargin: -0.1 }, 'maximumMargin is -0.1; expected a number at least 0'],
    [{ scale: 0 }, 'scale is 0; expected a number above 0'],
    [{ form: 'arc' as 'softmax' }, "form is 'arc'; expected 'sigmoid' or 'softmax'"],
  ])('refuses %o', (options, message) => {
    expect(() => ldamLoss(statistics, options)).toThrow(message)
  })
})
