import { binary, less, multiply, reduction, select, size, unary } from './build.ts'
import type { Condition, Expression, PowerNode } from './nodes.ts'

/** The expressions that a node is made of; a `select` also counts both sides of its condition. */
export function operandsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'constant':
    case 'classVector':
    case 'input':
    case 'size':
      return []
    case 'negate':
    case 'exp':
    case 'expm1':
    case 'log':
    case 'sigmoid':
    case 'softplus':
    case 'stopGradient':
    case 'power':
    case 'sum':
    case 'max':
      return [node.operand]
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'minimum':
    case 'maximum':
      return [node.left, node.right]
    case 'select':
      return [node.condition.left, node.condition.right, node.whenTrue, node.whenFalse]
  }
}

/**
 * The same operation on other operands. A reduction whose operand no longer varies along its axis becomes what it
 * means then: a sum the multiple, a maximum the operand itself.
 *
 * @param toCondition - makes the condition of a `select`; a caller that interns conditions passes its own.
 */
export function withOperands(
  node: Expression,
  operands: readonly Expression[],
  toCondition: (left: Expression, right: Expression) => Condition = less,
): Expression {
  const [first, second, third, fourth] = operands as [Expression, Expression, Expression, Expression]
  switch (node.kind) {
    case 'constant':
    case 'classVector':
    case 'input':
    case 'size':
      return node
    case 'negate':
    case 'exp':
    case 'expm1':
    case 'log':
    case 'sigmoid':
    case 'softplus':
    case 'stopGradient':
      return unary(node.kind, first)
    case 'power':
      return { ...node, operand: first, extent: first.extent } satisfies PowerNode
    case 'sum':
      return first.extent[node.axis] ? reduction('sum', first, node.axis) : multiply(first, size(node.axis))
    case 'max':
      return first.extent[node.axis] ? reduction('max', first, node.axis) : first
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'minimum':
    case 'maximum':
      return binary(node.kind, first, second)
    case 'select':
      return select(toCondition(first, second), third, fourth)
  }
}

/** The nodes below the roots, each once, operands before the operations that use them. */
export function topologicalOrder(roots: readonly Expression[]): Expression[] {
  const order: Expression[] = []
  const seen = new Set<Expression>()
  const visit = (node: Expression): void => {
    if (seen.has(node)) return
    seen.add(node)
    for (const operand of operandsOf(node)) visit(operand)
    order.push(node)
  }
  for (const root of roots) visit(root)
  return order
}
