import { type Condition, type Expression, type OutputProgram, operandsOf } from '@dbloss/core'

/** The parts of a gradient that the forward pass has computed or been given. */
export interface SharedParts {
  readonly values: readonly Expression[]
  readonly conditions: readonly Condition[]
}

/**
 * What the gradient reads of the forward pass: the last nodes that both have in common, and the inputs. Constants and the
 * seed are not among them; they are at hand in the backward pass.
 */
export function sharedParts({ output, gradient, seed }: OutputProgram): SharedParts {
  const forward = reachable(output)
  const values = new Set<Expression>()
  const conditions = new Set<Condition>()
  const visited = new Set<Expression>()
  const visit = (node: Expression): void => {
    if (visited.has(node)) return
    visited.add(node)
    if (node === seed || isAtHand(node)) return
    if (node.kind === 'input' || forward.has(node)) {
      values.add(node)
      return
    }
    if (node.kind === 'select' && forward.has(node.condition)) {
      conditions.add(node.condition)
      visit(node.whenTrue)
      visit(node.whenFalse)
      return
    }
    operandsOf(node).forEach(visit)
  }
  visit(gradient)
  return { values: [...values], conditions: [...conditions] }
}

function isAtHand(node: Expression): boolean {
  return node.kind === 'constant' || node.kind === 'classVector' || node.kind === 'size' || isSeed(node)
}

/** Simplification makes nodes anew, so the seed is known by its name. */
const isSeed = (node: Expression): boolean => node.kind === 'input' && node.name === 'seed'

function reachable(root: Expression): ReadonlySet<Expression | Condition> {
  const seen = new Set<Expression | Condition>()
  const visit = (node: Expression): void => {
    if (seen.has(node)) return
    seen.add(node)
    if (node.kind === 'select') seen.add(node.condition)
    operandsOf(node).forEach(visit)
  }
  visit(root)
  return seen
}
