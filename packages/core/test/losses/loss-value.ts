import { type Batch, evaluateExpressions, type Loss, lossProgram } from '../../src/index.ts'

/** The value alone, for tests that take it thousands of times: several times as fast as with elements, rows and gradient. */
export function lossValue(loss: Loss, { logits, labels, batchSize, inputs }: Batch): number {
  const [value] = evaluateExpressions([lossProgram(loss).value], {
    batchSize,
    classCount: labels.length / batchSize,
    inputs: { ...inputs, logits, labels },
  })
  return value!.data[0]!
}
