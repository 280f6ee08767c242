import fc from 'fast-check'
import type { Batch } from '../../../src/index.ts'

/** log(1 + e^x) for moderate x, as it is written. */
export const logPlus = (x: number): number => Math.log(1 + Math.exp(x))

function batchesOf(classCount: number, label: fc.Arbitrary<number>): fc.Arbitrary<Batch> {
  return fc.integer({ min: 1, max: 4 }).chain((batchSize) => {
    const size = { minLength: batchSize * classCount, maxLength: batchSize * classCount }
    return fc.record({
      batchSize: fc.constant(batchSize),
      logits: fc.array(fc.double({ min: -8, max: 8, noNaN: true }), size).map((logits) => Float64Array.from(logits)),
      labels: fc.array(label, size).map((labels) => Float64Array.from(labels)),
    })
  })
}

/** Batches of 1 to 4 rows with labels 0, 1 and −1. */
export const hardBatches = (classCount: number): fc.Arbitrary<Batch> =>
  batchesOf(classCount, fc.constantFrom(0, 0, 1, -1))

/** Batches of 1 to 4 rows with hard, soft and unknown labels. */
export const anyBatches = (classCount: number): fc.Arbitrary<Batch> =>
  batchesOf(
    classCount,
    fc.oneof(
      fc.constantFrom(0, 0, 1, -1),
      fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100),
    ),
  )
