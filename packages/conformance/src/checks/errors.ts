import { type Batch, type DblossErrorCode, defineLoss, type Loss, multiply, ROWS } from '@dbloss/core'
import { conformanceBatch } from '../data.ts'
import { typicalLoss } from '../losses/all-losses.ts'
import type { Check } from '../result.ts'

interface BadBatch {
  readonly name: string
  readonly change: (batch: Batch) => Batch
  readonly code: DblossErrorCode
  readonly argument: string
}

const at = <Values extends Float32Array | Float64Array>(values: Values, index: number, value: number): Values => {
  const copy = values.slice() as Values
  copy[index] = value
  return copy
}

const badBatches: readonly BadBatch[] = [
  {
    name: 'a class too many',
    change: () => conformanceBatch(4, 6),
    code: 'shape',
    argument: 'labels',
  },
  {
    name: 'logits of another width',
    change: (batch) => ({ ...batch, logits: new Float32Array(24) }),
    code: 'shape',
    argument: 'logits',
  },
  {
    name: 'rows that do not divide the labels',
    change: (batch) => ({ ...batch, labels: batch.labels.slice(1) }),
    code: 'shape',
    argument: 'labels',
  },
  { name: 'an empty batch', change: (batch) => ({ ...batch, batchSize: 0 }), code: 'shape', argument: 'batchSize' },
  {
    name: 'a NaN logit',
    change: (batch) => ({ ...batch, logits: at(batch.logits, 7, Number.NaN) }),
    code: 'logits',
    argument: 'logits',
  },
  {
    name: 'an infinite logit',
    change: (batch) => ({ ...batch, logits: at(batch.logits, 7, Number.POSITIVE_INFINITY) }),
    code: 'logits',
    argument: 'logits',
  },
  {
    name: 'a label above 1',
    change: (batch) => ({ ...batch, labels: at(batch.labels, 7, 1.5) }),
    code: 'labels',
    argument: 'labels',
  },
  {
    name: 'a negative label other than −1',
    change: (batch) => ({ ...batch, labels: at(batch.labels, 7, -0.75) }),
    code: 'labels',
    argument: 'labels',
  },
]

/** Expects a typed error that names the argument. */
async function expectRefusal(
  compile: (loss: Loss) => ReturnType<Parameters<Check['run']>[0]['adapter']['compile']>,
  loss: Loss,
  batch: Batch,
  { code, argument }: { readonly code: string; readonly argument: string },
): Promise<void> {
  const compiled = await compile(loss)
  let result: unknown
  try {
    result = await compiled.evaluate(batch)
  } catch (error) {
    const found = error as { name?: unknown; code?: unknown; argument?: unknown; message?: unknown }
    if (found.name === 'DblossError' && found.code === code && found.argument === argument) return
    throw new Error(
      `expected a DblossError with code '${code}' about '${argument}', as checkBatch of @dbloss/core throws it; ` +
        `got ${String(found.name)} ${String(found.code)} about '${String(found.argument)}': ${String(found.message)}`,
    )
  } finally {
    await compiled.dispose?.()
  }
  throw new Error(`bad input was accepted and gave ${JSON.stringify(result)?.slice(0, 80)}`)
}

/** Bad input is refused with a typed error before work starts. */
export const errorChecks: readonly Check[] = [
  ...badBatches.map(
    ({ name, change, ...expected }): Check => ({
      group: 'errors',
      name,
      run: ({ adapter }) => {
        const batch = conformanceBatch(4, 5)
        return expectRefusal(adapter.compile, typicalLoss.create(batch.statistics), change(batch), expected)
      },
    }),
  ),
  {
    group: 'errors',
    name: 'a missing further input',
    run: ({ adapter }) => {
      const loss = defineLoss({
        name: 'weighted',
        inputs: { sampleWeights: ROWS },
        formula: ({ logits, inputs }) => multiply(logits, inputs.sampleWeights!),
      })
      return expectRefusal(adapter.compile, loss, conformanceBatch(4, 5), { code: 'shape', argument: 'sampleWeights' })
    },
  },
]
