import type { Batch, Evaluation } from './adapter.ts'
import { checkBatch } from './check-batch.ts'
import { DblossError } from './errors.ts'
import { evaluateExpressions } from './formula/evaluate.ts'
import { shapeOf } from './formula/extent.ts'
import type { Loss, LossOutput } from './loss.ts'
import { lossProgram, outputProgram } from './program.ts'

/** The precise result of {@link evaluate}. */
export interface ReferenceEvaluation extends Evaluation {
  readonly elements?: Float64Array
  readonly gradient: Float64Array
  /** A number a row [B], whose mean is the value; absent for losses that are one number for the whole batch. */
  readonly rows?: Float64Array
}

/** How to evaluate. */
export interface EvaluateOptions {
  /**
   * The upstream cotangent: the gradient is then that of `Σ seed · output`, with one number for each value of the output.
   * Default: the gradient of the value.
   */
  readonly seed?: ArrayLike<number>
  /** What the seed is the cotangent of. Default `elements`. */
  readonly output?: LossOutput
  /** Rounds the result of every primitive, as `Math.fround`, to see what a lower precision does. Default: float64. */
  readonly round?: (value: number) => number
}

/**
 * A loss and its gradient in float64: slow, and the truth that every adapter is compared with.
 *
 * @param loss - any loss.
 * @param batch - `logits` and `labels`, row-major [B, C]; neither is written to.
 * @returns `value`; `elements` before reduction, 0 where the label is unknown; `rows`; `gradient` of the value with
 * respect to the logits.
 * @throws DblossError as {@link checkBatch}; `argument` when a seed is given for an output that the loss does not have,
 * `shape` when the seed has another size.
 */
export function evaluate(
  loss: Loss,
  batch: Batch,
  { seed, output = 'elements', round }: EvaluateOptions = {},
): ReferenceEvaluation {
  const classCount = checkBatch(loss, batch)
  const { logits, labels, batchSize, inputs = {} } = batch
  const program = lossProgram(loss)
  const seeded = seed === undefined ? undefined : outputProgram(loss, output)
  if (seed !== undefined && seeded !== undefined) {
    const [rows, columns] = shapeOf(seeded.output.extent, batchSize, classCount)
    checkSeed(seed, rows * columns)
  }
  const [value, gradient, elements, rows] = evaluateExpressions(
    [
      program.value,
      seeded?.gradient ?? program.gradient,
      program.elements ?? program.value,
      program.rows ?? program.value,
    ],
    {
      batchSize,
      classCount,
      inputs: { ...inputs, logits, labels, ...(seed === undefined ? {} : { seed }) },
      ...(round === undefined ? {} : { round }),
    },
  )
  return {
    value: value!.data[0]!,
    gradient: gradient!.data,
    ...(program.elements === undefined ? {} : { elements: elements!.data }),
    ...(program.rows === undefined ? {} : { rows: rows!.data }),
  }
}

function checkSeed(seed: ArrayLike<number>, expected: number): void {
  if (seed.length === expected) return
  throw new DblossError('shape', `seed has ${seed.length} values; ${expected} expected`, {
    argument: 'seed',
    found: seed.length,
    expected: `${expected} values, one for each of the output`,
  })
}
