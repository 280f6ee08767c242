import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Batch,
  binaryCrossEntropy,
  dropLoss,
  equalizationLoss,
  evaluate,
  statisticsFromCounts,
} from '../../../src/index.ts'
import { hardBatches, logPlus } from './batches.ts'

const threshold = 0.02
/** Frequencies 0.5, 0.01, 0.001: the last two are rare. */
const statistics = statisticsFromCounts({ classCounts: [500, 10, 1], sampleCount: 1000 })
const isRare = [false, true, true]

/** The formula of the paper as loops: the weight 1 − E T(f) (1 − y) times binary cross-entropy, over the rows. */
function paperLoss(
  { logits, labels, batchSize }: Batch,
  isDropped: (row: number, isForeground: boolean, element: number) => boolean,
): number {
  let total = 0
  for (let row = 0; row < batchSize; row++) {
    const y = Array.from(labels).slice(3 * row, 3 * row + 3)
    for (let index = 0; index < 3; index++) {
      const element = 3 * row + index
      if (y[index] === -1) continue
      const drops = isRare[index]! && y[index] === 0 && isDropped(row, y.includes(1), element)
      if (!drops) total += logPlus(y[index] === 1 ? -logits[element]! : logits[element]!)
    }
  }
  return total / batchSize
}

describe('equalizationLoss', () => {
  test('is the weight of the paper times binary cross-entropy, summed over the classes and divided by the rows', () => {
    const loss = equalizationLoss(statistics, { threshold })
    fc.assert(
      fc.property(hardBatches(3), (batch) => {
        const expected = paperLoss(batch, (_, isForeground) => isForeground)
        // A dozen additions of float64.
        expect(Math.abs(evaluate(loss, batch).value - expected)).toBeLessThanOrEqual(1e-14 * (1 + expected))
      }),
    )
  })
  test('is binary cross-entropy where no class is rare', () => {
    const none = equalizationLoss(statistics, { threshold: 0, reduction: 'mean' })
    const bce = binaryCrossEntropy()
    fc.assert(
      fc.property(hardBatches(3), (batch) => {
        const [actual, expected] = [evaluate(none, batch), evaluate(bce, batch)]
        // The same operations in another order, of numbers up to 8.
        expect(Math.abs(actual.value - expected.value)).toBeLessThanOrEqual(1e-14)
        const differences = actual.gradient.map((derivative, index) => Math.abs(derivative - expected.gradient[index]!))
        expect(Math.max(...differences)).toBeLessThanOrEqual(1e-14)
      }),
    )
  })
  test('gives no gradient to negatives of rare classes in rows of other classes, and all of it in rows without positives', () => {
    const { gradient } = evaluate(equalizationLoss(statistics, { threshold, reduction: 'sum' }), {
      logits: new Float64Array(6),
      labels: Float64Array.of(1, 0, 0, 0, 0, 0),
      batchSize: 2,
    })
    expect([...gradient].map((derivative) => derivative + 0)).toEqual([-0.5, 0, 0, 0.5, 0.5, 0.5])
  })
  test('λ is an upper bound that is not met itself, and a class that is known nowhere is rare', () => {
    const loss = (knownCounts?: number[]) =>
      equalizationLoss(
        {
          classCount: 2,
          sampleCount: 100,
          classCounts: [50, knownCounts ? 0 : 2],
          ...(knownCounts && { knownCounts }),
        },
        { threshold: 0.02, reduction: 'sum' },
      )
    const batch = { logits: new Float64Array(2), labels: Float64Array.of(1, 0), batchSize: 1 }
    expect(evaluate(loss(), batch).value).toBeCloseTo(2 * Math.LN2, 14)
    expect(evaluate(loss([100, 0]), batch).value).toBeCloseTo(Math.LN2, 14)
  })
  test.each([-0.1, 1.5, Number.NaN])('refuses λ = %d', (wrong) => {
    const message = `threshold is ${wrong}; expected a number at least 0 and at most 1`
    expect(() => equalizationLoss(statistics, { threshold: wrong })).toThrow(message)
    expect(() => dropLoss(statistics, { threshold: wrong })).toThrow(message)
  })
})

describe('dropLoss', () => {
  const loss = dropLoss(statistics, { threshold })

  test('drops negatives of rare classes in background rows where u exceeds the share of rare labels', () => {
    fc.assert(
      fc.property(hardBatches(3), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (batch, stream) => {
        const uniform = Float32Array.from({ length: batch.labels.length }, () => stream.next().value!)
        const positives = Array.from(batch.labels.keys()).filter((index) => batch.labels[index] === 1)
        const share = positives.filter((index) => isRare[index % 3]).length / positives.length
        // Without any positive the share is NaN, which no number exceeds.
        const expected = paperLoss(batch, (_, isForeground, element) => isForeground || uniform[element]! > share)
        const { value } = evaluate(loss, { ...batch, inputs: { uniform } })
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-14 * (1 + expected))
      }),
    )
  })
  test('with u = 0 is equalizationLoss; with u = 1 all negatives of rare classes are dropped', () => {
    const batch = { logits: new Float64Array(6), labels: Float64Array.of(1, 0, 0, 0, 0, 0), batchSize: 2 }
    const at = (u: number) => evaluate(loss, { ...batch, inputs: { uniform: new Float32Array(6).fill(u) } })
    expect(at(0).value).toBe(evaluate(equalizationLoss(statistics, { threshold }), batch).value)
    expect(at(0).value).toBeCloseTo((4 * Math.LN2) / 2, 14)
    expect(at(1).value).toBeCloseTo((2 * Math.LN2) / 2, 14)
  })
  test('without foreground, or with rare labels only, nothing is dropped from background rows', () => {
    const uniform = new Float32Array(6).fill(1)
    const logits = new Float64Array(6)
    for (const labels of [new Float64Array(6), Float64Array.of(0, 1, 1, 0, 0, 0)]) {
      const { value } = evaluate(loss, { logits, labels, batchSize: 2, inputs: { uniform } })
      expect(value).toBeCloseTo((6 * Math.LN2) / 2, 14)
    }
  })
  test('drops a share of 1 − ρ of them, by simulation', () => {
    const classCount = 3
    const rows = 4000
    // A quarter of the positive labels is rare; the other rows are background, with two negatives of rare classes each.
    const labels = new Float64Array(rows * classCount)
    labels.set([1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0])
    const batch = { logits: new Float64Array(rows * classCount), labels, batchSize: rows }
    const inputs = loss.inputSource!({ classCount, seed: 3 }).inputsFor(batch)
    const { elements } = evaluate(loss, { ...batch, inputs })
    const rareNegatives = [...elements!].filter((_, index) => index >= 12 && index % classCount !== 0)
    const dropped = rareNegatives.filter((element) => element === 0).length / rareNegatives.length
    const deviation = Math.sqrt((0.75 * 0.25) / rareNegatives.length)
    // Within 4 standard deviations; the seed is fixed.
    expect(Math.abs(dropped - 0.75)).toBeLessThan(4 * deviation)
  })
})
