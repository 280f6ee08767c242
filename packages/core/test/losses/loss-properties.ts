import { expect } from 'vitest'
import {
  type Batch,
  evaluate,
  evaluateExpressions,
  type Loss,
  lossProgram,
  lossRecord,
  restoreLoss,
} from '../../src/index.ts'

/** Expects loss and gradient to be finite up to |z| = 1e4, in float64 and with every operation rounded to float32. */
export function expectFiniteAtExtremes(loss: Loss, inputs: Batch['inputs'] = {}): void {
  for (const round of [undefined, Math.fround]) {
    for (const magnitude of [0, 1e-30, 1, 17, 40, 90, 800, 1e4]) {
      const batch: Batch = {
        logits: Float64Array.of(magnitude, magnitude, -magnitude, -magnitude, magnitude, -magnitude),
        labels: Float64Array.of(1, 0, 1, 0, 0.5, 0.5),
        batchSize: 2,
        inputs,
      }
      const { value, elements = [], gradient } = evaluate(loss, batch, round === undefined ? {} : { round })
      for (const number of [value, ...elements, ...gradient]) expect(number).toSatisfy(Number.isFinite)
    }
  }
}

/** Expects an unknown label with a logit of NaN to count like a negative label for its neighbours, and for itself not at all. */
export function expectUnknownLeftOut(loss: Loss, inputs: Batch['inputs'] = {}): void {
  const labels = Float64Array.of(1, -1, 0)
  const logits = Float64Array.of(0.5, Number.NaN, 2)
  const unknown = evaluate(loss, { logits, labels, batchSize: 1, inputs })
  const negative = evaluate(loss, {
    logits: Float64Array.of(0.5, -3, 2),
    labels: Float64Array.of(1, 0, 0),
    batchSize: 1,
    inputs,
  })
  expect([unknown.elements![1], unknown.gradient[1]]).toEqual([0, 0])
  for (const index of [0, 2]) expect(unknown.elements![index]).toBeCloseTo(negative.elements![index]!, 12)
  expect(unknown.value).toBeCloseTo((unknown.elements![0]! + unknown.elements![2]!) / 2, 12)
  const none = evaluate(loss, { logits, labels: Float64Array.of(-1, -1, -1), batchSize: 1, inputs })
  expect([none.value, ...none.gradient].map(Math.abs)).toEqual([0, 0, 0, 0])
}

/** Expects the loss that a record describes, after JSON, to be the same bit for bit. */
export function expectSameFromRecord(loss: Loss, batch: Batch): void {
  const again = restoreLoss(JSON.parse(JSON.stringify(lossRecord(loss))))
  expect(again).toMatchObject({ name: loss.name, reduction: loss.reduction, parameters: loss.parameters })
  expect(evaluate(again, batch)).toEqual(evaluate(loss, batch))
}

/** Expects the smaller program for hard labels to give the same as that for any; rounds a batch's labels to 0 and 1. */
export function expectSameWithHardLabels(loss: Loss, batch: Batch): void {
  const labels = Float64Array.from(batch.labels, (label) => (label > 0.5 ? 1 : 0))
  const { value, gradient } = lossProgram(loss, { labels: 'hard' })
  const [hardValue, hardGradient] = evaluateExpressions([value, gradient], {
    batchSize: batch.batchSize,
    classCount: labels.length / batch.batchSize,
    inputs: { ...batch.inputs, logits: batch.logits, labels },
  })
  const expected = evaluate(loss, { ...batch, labels })
  // Two dozen float64 operations.
  expect(hardValue!.data[0]).toBeCloseTo(expected.value, 13)
  expected.gradient.forEach((derivative, index) => {
    expect(hardGradient!.data[index]).toBeCloseTo(derivative, 13)
  })
}
