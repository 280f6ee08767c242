import type { Expression } from './nodes.ts'
import { operandsOf } from './operands.ts'

/**
 * The symbol of each named part of a formula. Where a formula that was put together uses a symbol for different things, as p for
 * a probability and for a propensity, the second in reading order gets a prime, the third two.
 */
export function distinctSymbols(root: Expression): ReadonlyMap<Expression, string> {
  const nodes = namedNodes(root)
  const written = new Set(nodes.map(({ symbol }) => symbol))
  const owners = new Map<string, Expression>()
  return new Map(nodes.map((node) => [node, ownSymbol(node, written, owners)]))
}

function ownSymbol(node: Expression, written: ReadonlySet<unknown>, owners: Map<string, Expression>): string {
  for (let symbol = node.symbol!; ; symbol += "'") {
    if (symbol !== node.symbol && written.has(symbol)) continue
    const owner = owners.get(symbol) ?? node
    if (!isSame(owner, node)) continue
    owners.set(symbol, owner)
    return symbol
  }
}

/** The nodes with a symbol in reading order, each once. */
function namedNodes(root: Expression): Expression[] {
  const seen = new Set<Expression>()
  const visit = (node: Expression): void => {
    if (seen.has(node)) return
    seen.add(node)
    operandsOf(node).forEach(visit)
  }
  visit(root)
  return [...seen].filter(({ symbol }) => symbol !== undefined)
}

/** Whether two expressions are built alike. */
function isSame(left: Expression, right: Expression): boolean {
  if (left === right) return true
  if (!hasSameContent(left, right)) return false
  const others = operandsOf(right)
  return operandsOf(left).every((operand, index) => isSame(operand, others[index]!))
}

/** Whether two nodes are alike but for their operands. */
function hasSameContent(left: Expression, right: Expression): boolean {
  switch (left.kind) {
    case 'constant':
      return right.kind === left.kind && right.value === left.value
    case 'classVector':
      return right.kind === left.kind && right.values.every((value, index) => value === left.values[index])
    case 'input':
      return right.kind === left.kind && right.name === left.name
    case 'size':
    case 'sum':
    case 'max':
      return right.kind === left.kind && right.axis === left.axis
    case 'power':
      return right.kind === left.kind && right.exponent === left.exponent
    default:
      return right.kind === left.kind
  }
}
