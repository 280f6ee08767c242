import { expect } from 'vitest'
import { type Batch, evaluate, type Loss } from '../../src/index.ts'
import { lossValue } from './loss-value.ts'

/** Small enough for the truncation error h⁴, large enough for the rounding error eps/h. */
const STEP = 1e-3

/** Central differences of the value with respect to the logits. */
function finiteDifferences(loss: Loss, batch: Batch): number[] {
  const valueAt = (index: number, shift: number): number => {
    const logits = Float64Array.from(batch.logits)
    logits[index]! += shift
    return lossValue(loss, { ...batch, logits })
  }
  // Richardson's extrapolation cancels the h² term: the error is of order h⁴.
  return Array.from(batch.logits, (_, index) => {
    const coarse = (valueAt(index, 2 * STEP) - valueAt(index, -2 * STEP)) / (4 * STEP)
    const fine = (valueAt(index, STEP) - valueAt(index, -STEP)) / (2 * STEP)
    return (4 * fine - coarse) / 3
  })
}

/** Expects the derived gradient to equal central differences of the value; keep batches off the kinks of a formula. */
export function expectGradientOfFiniteDifferences(loss: Loss, batch: Batch): void {
  const { value, gradient } = evaluate(loss, batch)
  const expected = finiteDifferences(loss, batch)
  // Beside 1e-8 · max|gradient|, the differences carry a rounding error of a few eps / step of the value, and of the
  // logits, which losses that couple classes subtract from each other.
  const largest = Math.max(Math.abs(value), ...Array.from(batch.logits, (z) => (Number.isFinite(z) ? Math.abs(z) : 0)))
  const rounding = (16 * Number.EPSILON * largest) / STEP
  const tolerance = 1e-8 * Math.max(...gradient.map(Math.abs)) + rounding
  gradient.forEach((derivative, index) => {
    expect(Math.abs(derivative - expected[index]!)).toBeLessThanOrEqual(tolerance)
  })
}
