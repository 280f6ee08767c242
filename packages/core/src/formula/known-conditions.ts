import { select } from './build.ts'
import { Interner } from './intern.ts'
import type { Axis, Condition, Expression, SelectNode } from './nodes.ts'
import { operandsOf, withOperands } from './operands.ts'

/** Conditions whose outcome is known at a place, the innermost first; equal lists are one object. */
interface Known {
  readonly condition?: Condition
  readonly holds?: boolean
  readonly outer?: Known
  readonly extensions: Map<Condition, { whenTrue?: Known; whenFalse?: Known }>
}

/**
 * Takes out every mask whose outcome the `select` around it has decided already: `select(c, 0, f(select(c, 0, x)))` is
 * `select(c, 0, f(x))`. Masks are laid around every part of a formula and of its derivative so that nothing leaks; of those
 * that lie inside one another only the outermost is needed, and each of the others would cost a pass over [B, C].
 *
 * Where the condition holds, the arm that is not taken may then compute with the data that the mask kept out, such as NaN.
 */
export function resolveKnownConditions(expressions: readonly Expression[]): Expression[] {
  const interner = new Interner()
  const results = new Map<Known, Map<Expression, Expression>>()
  const nothing: Known = { extensions: new Map() }

  const visit = (node: Expression, known: Known): Expression => {
    let resolved = results.get(known)
    if (resolved === undefined) {
      resolved = new Map()
      results.set(known, resolved)
    }
    let result = resolved.get(node)
    if (result === undefined) {
      result = resolve(node, known)
      resolved.set(node, result)
    }
    return result
  }
  const resolve = (node: Expression, known: Known): Expression => {
    if (node.kind === 'select') {
      const { condition, whenTrue, whenFalse } = node
      const outcome = isMask(node) ? outcomeOf(condition, known) : undefined
      if (outcome !== undefined) return visit(outcome ? whenTrue : whenFalse, known)
      const rebuilt = interner.condition(visit(condition.left, known), visit(condition.right, known))
      const arms = [whenTrue, whenFalse].map((arm, index) => visit(arm, extend(known, condition, index === 0)))
      return interner.expression(select(rebuilt, arms[0]!, arms[1]!))
    }
    const inner = node.kind === 'sum' || node.kind === 'max' ? withoutAxis(known, node.axis, nothing) : known
    const rebuilt = withOperands(
      node,
      operandsOf(node).map((operand) => visit(operand, inner)),
    )
    return interner.expression(mergeSelects(rebuilt) ?? rebuilt)
  }
  return expressions.map((expression) => visit(expression, nothing))
}

/** A select with one constant arm. Others are left alone: their value may be shared by both arms of the select around. */
function isMask({ whenTrue, whenFalse }: SelectNode): boolean {
  return (whenTrue.kind === 'constant') !== (whenFalse.kind === 'constant')
}

function outcomeOf(condition: Condition, known: Known): boolean | undefined {
  for (let at: Known | undefined = known; at !== undefined; at = at.outer) {
    if (at.condition === condition) return at.holds
  }
  return undefined
}

function extend(known: Known, condition: Condition, holds: boolean): Known {
  let extensions = known.extensions.get(condition)
  if (extensions === undefined) {
    extensions = {}
    known.extensions.set(condition, extensions)
  }
  const key = holds ? 'whenTrue' : 'whenFalse'
  extensions[key] ??= { condition, holds, outer: known, extensions: new Map() }
  return extensions[key]
}

/** What is still known inside a reduction: the conditions that do not vary along its axis. */
function withoutAxis(known: Known, axis: Axis, nothing: Known): Known {
  if (known.condition === undefined || known.outer === undefined) return nothing
  const outer = withoutAxis(known.outer, axis, nothing)
  return known.condition.extent[axis] ? outer : extend(outer, known.condition, known.holds!)
}

/** select(c, a, 0) + select(c, 0, b) is select(c, a, b): with hard labels, the two sides of a derivative. */
function mergeSelects(node: Expression): Expression | undefined {
  if (node.kind !== 'add' || node.left.kind !== 'select' || node.right.kind !== 'select') return undefined
  const { left, right } = node
  if (left.condition !== right.condition) return undefined
  const whenTrue = sumWithZero(left.whenTrue, right.whenTrue)
  const whenFalse = sumWithZero(left.whenFalse, right.whenFalse)
  return whenTrue && whenFalse && select(left.condition, whenTrue, whenFalse)
}

function sumWithZero(left: Expression, right: Expression): Expression | undefined {
  if (left.kind === 'constant' && left.value === 0) return right
  return right.kind === 'constant' && right.value === 0 ? left : undefined
}
