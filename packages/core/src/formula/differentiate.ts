import { add, constant, divide, exp, less, multiply, negate, power, select, sigmoid, size, sum } from './build.ts'
import type { Axis, Expression, Extent } from './nodes.ts'
import { operandsOf, topologicalOrder } from './operands.ts'

/**
 * The derivative of `Σ seed · root` with respect to an input, in reverse mode.
 *
 * Simplify the root first: the rules that keep `σ(u)^γ` and `log σ(u)` finite have to see them before they are
 * differentiated.
 *
 * @param root - the formula, of any extent.
 * @param inputName - the input to differentiate for, as `logits`.
 * @param seed - the upstream cotangent, of the extent of `root` or smaller. Default 1.
 * @returns an expression that broadcasts to the extent of the input; the constant 0 when the root does not depend on it.
 */
export function differentiate(root: Expression, inputName: string, seed: Expression = constant(1)): Expression {
  const order = topologicalOrder([root])
  const active = dependentOn(inputName, order)
  const adjoints = new Map<Expression, Expression>([[root, seed]])
  let gradient: Expression | undefined

  for (const node of order.reverse()) {
    const adjoint = adjoints.get(node)
    if (adjoint === undefined || !active.has(node)) continue
    if (node.kind === 'input') {
      gradient = gradient === undefined ? adjoint : add(gradient, adjoint)
      continue
    }
    for (const { operand, derivative } of contributions(node, adjoint)) {
      if (!active.has(operand)) continue
      // A reduction spreads its adjoint over its operand; every other operation has broadcast the operand to its own extent.
      const spread = node.kind === 'sum' || node.kind === 'max'
      const term = spread ? derivative : undoBroadcast(derivative, node.extent, operand.extent)
      const sofar = adjoints.get(operand)
      adjoints.set(operand, sofar === undefined ? term : add(sofar, term))
    }
  }
  return gradient ?? constant(0)
}

/** The nodes whose value depends on the input; `stopGradient` ends the dependence. */
function dependentOn(inputName: string, order: readonly Expression[]): Set<Expression> {
  const active = new Set<Expression>()
  for (const node of order) {
    const depends =
      node.kind === 'input'
        ? node.name === inputName
        : node.kind !== 'stopGradient' && operandsOf(node).some((operand) => active.has(operand))
    if (depends) active.add(node)
  }
  return active
}

/** Sums a cotangent of an operation over the axes along which the operand was repeated. */
function undoBroadcast(derivative: Expression, operation: Extent, operand: Extent): Expression {
  let result = derivative
  for (const axis of ['batch', 'classes'] as const satisfies readonly Axis[]) {
    if (!operation[axis] || operand[axis]) continue
    result = result.extent[axis] ? sum(result, axis) : multiply(result, size(axis))
  }
  return result
}

interface Contribution {
  readonly operand: Expression
  readonly derivative: Expression
}

/** What a node passes on to its operands, before broadcasts are undone. */
function contributions(node: Expression, adjoint: Expression): readonly Contribution[] {
  switch (node.kind) {
    case 'constant':
    case 'classVector':
    case 'input':
    case 'size':
    case 'stopGradient':
      return []
    case 'negate':
      return [{ operand: node.operand, derivative: negate(adjoint) }]
    case 'exp':
      return [{ operand: node.operand, derivative: multiply(adjoint, node) }]
    case 'expm1':
      return [{ operand: node.operand, derivative: multiply(adjoint, exp(node.operand)) }]
    case 'log':
      return [{ operand: node.operand, derivative: divide(adjoint, node.operand) }]
    case 'sigmoid':
      // σ(u) σ(−u), because σ (1 − σ) loses the upper tail.
      return [{ operand: node.operand, derivative: multiply(adjoint, multiply(node, sigmoid(negate(node.operand)))) }]
    case 'softplus':
      return [{ operand: node.operand, derivative: multiply(adjoint, sigmoid(node.operand)) }]
    case 'power': {
      const slope = multiply(node.exponent, power(node.operand, node.exponent - 1))
      return [{ operand: node.operand, derivative: multiply(adjoint, slope) }]
    }
    case 'add':
      return [
        { operand: node.left, derivative: adjoint },
        { operand: node.right, derivative: adjoint },
      ]
    case 'subtract':
      return [
        { operand: node.left, derivative: adjoint },
        { operand: node.right, derivative: negate(adjoint) },
      ]
    case 'multiply':
      return [
        { operand: node.left, derivative: multiply(adjoint, node.right) },
        { operand: node.right, derivative: multiply(adjoint, node.left) },
      ]
    case 'divide':
      return [
        { operand: node.left, derivative: divide(adjoint, node.right) },
        { operand: node.right, derivative: negate(divide(multiply(adjoint, node), node.right)) },
      ]
    case 'minimum':
      return takenBy(less(node.left, node.right), node.left, node.right, adjoint)
    case 'maximum':
      return takenBy(less(node.right, node.left), node.left, node.right, adjoint)
    case 'select':
      return takenBy(node.condition, node.whenTrue, node.whenFalse, adjoint)
    case 'sum':
      return [{ operand: node.operand, derivative: adjoint }]
    case 'max': {
      const isLargest = select(less(node.operand, node), 0, 1)
      const share = divide(isLargest, sum(isLargest, node.axis))
      return [{ operand: node.operand, derivative: multiply(adjoint, share) }]
    }
  }
}

/** The cotangent goes to `whenTrue` where the condition holds, and to `whenFalse` elsewhere. */
function takenBy(
  condition: Parameters<typeof select>[0],
  whenTrue: Expression,
  whenFalse: Expression,
  adjoint: Expression,
): readonly Contribution[] {
  return [
    { operand: whenTrue, derivative: select(condition, adjoint, 0) },
    { operand: whenFalse, derivative: select(condition, 0, adjoint) },
  ]
}
