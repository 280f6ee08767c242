import { expect } from 'vitest'
import { type Batch, evaluate, type Loss } from '../../src/index.ts'

/** The rows of a batch with their known classes only, as lists. */
export function knownRows({ logits, labels, batchSize }: Batch): { z: number; y: number; index: number }[][] {
  const classCount = labels.length / batchSize
  return Array.from({ length: batchSize }, (_, row) =>
    Array.from({ length: classCount }, (_, index) => ({
      z: logits[row * classCount + index]!,
      y: labels[row * classCount + index]!,
      index,
    })).filter(({ y }) => y !== -1),
  )
}

/** Expects an unknown label to take no part in the loss, whatever its logit, and a batch of nothing else to cost 0. */
export function expectUnknownTakesNoPart(loss: Loss): void {
  const labels = Float64Array.of(1, -1, 0, -1, 0, 1)
  const result = (logit: number) =>
    evaluate(loss, { logits: Float64Array.of(0.5, logit, -1, logit, 1, 2), labels, batchSize: 2 })
  const plain = result(0)
  expect(plain.value).not.toBe(0)
  expect([plain.gradient[1], plain.gradient[3]].map(Math.abs)).toEqual([0, 0])
  expect(result(1e4)).toEqual(plain)
  expect(result(Number.NaN)).toEqual(plain)
  const nothing = evaluate(loss, {
    logits: Float64Array.of(Number.NaN, 1, 1e4),
    labels: new Float64Array(3).fill(-1),
    batchSize: 1,
  })
  expect([nothing.value, ...nothing.gradient].map(Math.abs)).toEqual([0, 0, 0, 0])
}

/** Expects two losses to agree in value and gradient up to the rounding of some dozen operations. */
export function expectEqualLosses(left: Loss, right: Loss, batch: Batch): void {
  const [first, second] = [evaluate(left, batch), evaluate(right, batch)]
  expect(Math.abs(first.value - second.value)).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(second.value)))
  const differences = first.gradient.map((derivative, index) => Math.abs(derivative - second.gradient[index]!))
  expect(Math.max(...differences)).toBeLessThanOrEqual(1e-13)
}
