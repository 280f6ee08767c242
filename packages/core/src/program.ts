import { constant, select } from './formula/build.ts'
import { differentiate } from './formula/differentiate.ts'
import { ELEMENTS, sameExtent } from './formula/extent.ts'
import type { Expression } from './formula/nodes.ts'
import { simplify } from './formula/simplify.ts'
import type { Loss, LossProgram } from './loss.ts'
import { isUnknownLabel } from './unknown-label.ts'

/** How a program is derived. */
export interface ProgramOptions {
  /**
   * The upstream cotangent: the gradient is then the derivative of `Σ seed · elements` (of `seed · value` where the seed
   * is [1, 1]). Default: the derivative of the value.
   */
  readonly seed?: Expression
}

/**
 * The formulas that a target lowers: value, elements and gradient of a loss, simplified together so that they share
 * their common parts. The gradient and the elements always have the extent [B, C].
 */
export function lossProgram(loss: Loss, { seed }: ProgramOptions = {}): LossProgram {
  if (seed !== undefined) return deriveProgram(loss, seed)
  let program = programs.get(loss)
  if (program === undefined) {
    program = deriveProgram(loss, undefined)
    programs.set(loss, program)
  }
  return program
}

/** Losses do not change, and the reference is often asked for the same one. */
const programs = new WeakMap<Loss, LossProgram>()

function deriveProgram(loss: Loss, seed: Expression | undefined): LossProgram {
  // Simplified first: the rules for σ(u)^γ and log σ(u) have to see the formula before it is differentiated.
  const [simpleValue, simpleElements] = simplify([loss.value, ...(loss.elements ? [loss.elements] : [])])
  const seedsElements = seed !== undefined && (seed.extent.batch || seed.extent.classes)
  const root = (seedsElements ? simpleElements : undefined) ?? simpleValue!
  const derived = differentiate(root, 'logits', seed ?? constant(1))
  const [value, gradient, elements] = simplify([
    simpleValue!,
    derived,
    ...(simpleElements === undefined ? [] : [simpleElements]),
  ])
  return {
    value: value!,
    gradient: overElements(gradient!),
    ...(elements === undefined ? {} : { elements: overElements(elements) }),
  }
}

/** A result that simplification made constant over an axis, spread over the batch again; 0 where the label is unknown. */
function overElements(expression: Expression): Expression {
  if (sameExtent(expression.extent, ELEMENTS)) return expression
  return select(isUnknownLabel, 0, expression)
}
