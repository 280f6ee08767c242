import { DblossError } from './errors.ts'
import { constant, input, less, select, sum } from './formula/build.ts'
import { differentiate } from './formula/differentiate.ts'
import { ELEMENTS, ROWS, sameExtent } from './formula/extent.ts'
import { withHardLabels } from './formula/hard-labels.ts'
import { resolveKnownConditions } from './formula/known-conditions.ts'
import type { Expression } from './formula/nodes.ts'
import { simplify } from './formula/simplify.ts'
import type { Loss, LossOutput, LossProgram, OutputProgram } from './loss.ts'
import { isUnknownLabel, labelsInput } from './unknown-label.ts'

/** What is known of the labels of every batch. */
export interface ProgramOptions {
  /** `hard`: every label is 0 or 1, and none unknown; the program is then about half as large. Default `any`. */
  readonly labels?: 'any' | 'hard'
}

/**
 * The formulas that a target lowers: value, elements and gradient of a loss, simplified together so that they share
 * their common parts. The gradient and the elements always have the extent [B, C].
 */
export function lossProgram(loss: Loss, { labels = 'any' }: ProgramOptions = {}): LossProgram {
  let program = programs[labels].get(loss)
  if (program === undefined) {
    program = deriveProgram(loss, labels === 'hard' ? withHardLabels : simplify)
    programs[labels].set(loss, program)
  }
  return program
}

/**
 * One output of a loss with its derivative for any upstream cotangent, for frameworks that differentiate on from there.
 *
 * @throws DblossError `argument` when the loss has no such output: no elements where classes are coupled, no rows where
 * rows are.
 */
export function outputProgram(loss: Loss, output: LossOutput): OutputProgram {
  const root = loss[output]
  if (root === undefined) throw withoutOutput(loss, output)
  const seed = input('seed', root.extent)
  const [simple] = simplify([root])
  const [result, gradient] = complete([simple!, differentiate(simple!, 'logits', seed)])
  const over = { value: (scalar: Expression) => scalar, rows: overRows, elements: overElements }[output]
  return { output: over(result!), gradient: overElements(gradient!), seed }
}

/** The last steps, after differentiation: formulas as cheap as they get. */
function complete(expressions: readonly Expression[]): Expression[] {
  return simplify(resolveKnownConditions(simplify(expressions)), { isComplete: true })
}

function withoutOutput(loss: Loss, output: LossOutput): DblossError {
  const reason =
    output === 'rows'
      ? 'couples the rows of a batch: it is one number for the whole batch and has no per-row form'
      : 'couples classes or rows: it has no elements'
  return new DblossError('argument', `${loss.name} ${reason}; ask for its value`, {
    argument: 'output',
    found: output,
    expected: (['value', 'rows', 'elements'] as const).filter((name) => loss[name] !== undefined).join(' | '),
  })
}

/** Losses do not change, and the reference is often asked for the same one. */
const programs = { any: new WeakMap<Loss, LossProgram>(), hard: new WeakMap<Loss, LossProgram>() }

/** @param prepare - simplifies: the rules for σ(u)^γ and log σ(u) have to see the formula before it is differentiated. */
function deriveProgram(loss: Loss, prepare: (expressions: readonly Expression[]) => Expression[]): LossProgram {
  const simple = prepare([loss.value, ...present(loss.elements), ...present(loss.rows)])
  const [value, gradient, ...others] = complete([
    simple[0]!,
    differentiate(simple[0]!, 'logits', constant(1)),
    ...simple.slice(1),
  ])
  const elements = loss.elements && others.shift()
  const rows = loss.rows && others.shift()
  return {
    value: value!,
    gradient: overElements(gradient!),
    ...(elements === undefined ? {} : { elements: overElements(elements) }),
    ...(rows === undefined ? {} : { rows: overRows(rows) }),
  }
}

const present = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value])

/** A result that simplification made constant over an axis, spread over the batch again; 0 where the label is unknown. */
function overElements(expression: Expression): Expression {
  if (sameExtent(expression.extent, ELEMENTS)) return expression
  return select(isUnknownLabel, 0, expression)
}

/** The same over the rows: both arms are the expression, for the extent of the condition. */
function overRows(expression: Expression): Expression {
  if (sameExtent(expression.extent, ROWS)) return expression
  return select(less(sum(labelsInput, 'classes'), 0), expression, expression)
}
