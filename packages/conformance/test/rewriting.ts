import { type EvaluationContext, type Expression, input, operandsOf, withOperands } from '@dbloss/core'

/** Rewrites every node of a formula, from the leaves up. */
export function rewritten(root: Expression, change: (node: Expression) => Expression): Expression {
  const known = new Map<Expression, Expression>()
  const visit = (node: Expression): Expression => {
    let result = known.get(node)
    if (result === undefined) {
      const rebuilt = withOperands(node, operandsOf(node).map(visit))
      result = change(node.symbol === undefined ? rebuilt : { ...rebuilt, symbol: node.symbol })
      known.set(node, result)
    }
    return result
  }
  return visit(root)
}

/**
 * Replaces nodes by further inputs, from the leaves up.
 *
 * @param valueAt - the value that a node is replaced by, or nothing where it stays.
 * @returns the formula, and the context with the values.
 */
export function withGivenValues(
  root: Expression,
  context: EvaluationContext,
  valueAt: (node: Expression, context: EvaluationContext) => ArrayLike<number> | undefined,
): { readonly root: Expression; readonly context: EvaluationContext } {
  let inner = context
  const changed = rewritten(root, (node) => {
    const value = valueAt(node, inner)
    if (value === undefined) return node
    const name = `given ${Object.keys(inner.inputs).length}`
    inner = { ...inner, inputs: { ...inner.inputs, [name]: value } }
    return input(name, node.extent)
  })
  return { root: changed, context: inner }
}
