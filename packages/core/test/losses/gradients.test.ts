import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate, type Loss, statisticsFromCounts } from '../../src/index.ts'
import { allLosses, allReductions } from './all-losses.ts'

const runs = Number(process.env.DBLOSS_PROPERTY_RUNS ?? 10)

/** A batch of the given shape; labels are hard, soft or unknown. */
const batches = fc
  .record({ batchSize: fc.integer({ min: 1, max: 4 }), classCount: fc.integer({ min: 1, max: 5 }) })
  .chain(({ batchSize, classCount }) => {
    const size = batchSize * classCount
    const label = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(0, 1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(-1) },
    )
    return fc.record({
      batchSize: fc.constant(batchSize),
      classCounts: fc.array(fc.integer({ min: 1, max: 999 }), { minLength: classCount, maxLength: classCount }),
      logits: fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: size, maxLength: size }),
      labels: fc.array(label, { minLength: size, maxLength: size }),
    })
  })

/** Small enough for the truncation error h⁴, large enough for the rounding error eps/h. */
const STEP = 1e-3

/** Central differences of the value. */
function finiteDifferences(loss: Loss, logits: readonly number[], labels: Float64Array, batchSize: number): number[] {
  const step = STEP
  const valueAt = (index: number, shift: number): number => {
    const shifted = Float64Array.from(logits)
    shifted[index]! += shift
    return evaluate(loss, { logits: shifted, labels, batchSize }).value
  }
  // Richardson's extrapolation cancels the h² term: the error is of order h⁴.
  return logits.map((_, index) => {
    const coarse = (valueAt(index, 2 * step) - valueAt(index, -2 * step)) / (4 * step)
    const fine = (valueAt(index, step) - valueAt(index, -step)) / (2 * step)
    return (4 * fine - coarse) / 3
  })
}

describe.each(allLosses)('the derived gradient of $title equals finite differences', ({ create }) => {
  test.each(allReductions)('reduction %s', (reduction) => {
    fc.assert(
      fc.property(batches, ({ batchSize, classCounts, logits, labels }) => {
        const loss = create(statisticsFromCounts({ classCounts, sampleCount: 1000 }), { reduction })
        const labelArray = Float64Array.from(labels)
        const { value, gradient } = evaluate(loss, { logits: Float64Array.from(logits), labels: labelArray, batchSize })
        const expected = finiteDifferences(loss, logits, labelArray, batchSize)
        // Beside 1e-8 · max|gradient|, the differences themselves carry a rounding error of a few eps · |value| / step.
        const rounding = (16 * Number.EPSILON * Math.abs(value)) / STEP
        const tolerance = 1e-8 * Math.max(...gradient.map(Math.abs)) + rounding
        gradient.forEach((derivative, index) => {
          expect(Math.abs(derivative - expected[index]!)).toBeLessThanOrEqual(tolerance)
        })
      }),
      { numRuns: runs },
    )
  })
})

describe('a seed', () => {
  test.each(allLosses)('weights the elements of $title', ({ create }) => {
    const loss = create(statisticsFromCounts({ classCounts: [500, 20, 3], sampleCount: 1000 }), { reduction: 'none' })
    const logits = Float64Array.of(0.5, -1, 2, -0.3, 1.2, 0.1)
    const labels = Float64Array.of(1, 0, 1, 0, 1, -1)
    const seed = Float64Array.of(1, -2, 0.5, 3, 0, 7)
    const plain = evaluate(loss, { logits, labels, batchSize: 2 })
    const seeded = evaluate(loss, { logits, labels, batchSize: 2 }, { seed })
    seeded.gradient.forEach((derivative, index) => {
      // Elements depend on their own logit only, so the seed is a factor.
      expect(derivative).toBeCloseTo(plain.gradient[index]! * seed[index]!, 12)
    })
  })
})
