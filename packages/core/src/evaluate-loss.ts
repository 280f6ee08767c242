import type { Batch, Evaluation } from './adapter.ts'
import { checkBatch } from './check-batch.ts'
import { DblossError } from './errors.ts'
import { input } from './formula/build.ts'
import { evaluateExpressions } from './formula/evaluate.ts'
import { ELEMENTS } from './formula/extent.ts'
import type { Loss } from './loss.ts'
import { lossProgram } from './program.ts'

/** The precise result of {@link evaluate}. */
export interface ReferenceEvaluation extends Evaluation {
  readonly elements?: Float64Array
  readonly gradient: Float64Array
}

/** How to evaluate. */
export interface EvaluateOptions {
  /** The upstream cotangent of the elements, row-major [B, C]; the gradient is then that of `Σ seed · elements`. Default: the gradient of the value. */
  readonly seed?: ArrayLike<number>
  /** Rounds the result of every primitive, as `Math.fround`, to see what a lower precision does. Default: float64. */
  readonly round?: (value: number) => number
}

/**
 * A loss and its gradient in float64: slow, and the truth that every adapter is compared with.
 *
 * @param loss - any loss.
 * @param batch - `logits` and `labels`, row-major [B, C]; neither is written to.
 * @returns `value`; `elements` before reduction, 0 where the label is unknown; `gradient` of the value with respect to
 * the logits.
 * @throws DblossError as {@link checkBatch}; `shape` when a seed does not have the size of the elements.
 */
export function evaluate(loss: Loss, batch: Batch, { seed, round }: EvaluateOptions = {}): ReferenceEvaluation {
  const classCount = checkBatch(loss, batch)
  if (seed !== undefined && (loss.elements === undefined || seed.length !== batch.logits.length)) {
    const expected = loss.elements === undefined ? `${loss.name} has no elements` : `${batch.logits.length} expected`
    throw new DblossError('shape', `seed has ${seed.length} values; ${expected}`, {
      argument: 'seed',
      found: seed.length,
      expected: 'one value an element, for a loss with elements',
    })
  }
  const program = lossProgram(loss, seed === undefined ? {} : { seed: input('seed', ELEMENTS) })
  const { logits, labels, batchSize, inputs = {} } = batch
  const [value, gradient, elements] = evaluateExpressions(
    [program.value, program.gradient, ...(program.elements ? [program.elements] : [])],
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
    ...(elements === undefined ? {} : { elements: elements.data }),
  }
}
