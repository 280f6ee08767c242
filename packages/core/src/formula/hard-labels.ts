import { binary, constant, less, multiply, power, select, unary } from './build.ts'
import type { Condition, ConstantNode, Expression } from './nodes.ts'
import { operandsOf, topologicalOrder, withOperands } from './operands.ts'
import { simplify } from './simplify.ts'

/** About how many additions an operation costs, in a fused loop. */
const costs: Partial<Record<Expression['kind'], number>> = {
  exp: 15,
  expm1: 15,
  log: 20,
  sigmoid: 20,
  softplus: 30,
  power: 10,
  divide: 5,
}

const isReduction = (node: Expression): boolean => node.kind === 'sum' || node.kind === 'max'
const isLeaf = (node: Expression): boolean => operandsOf(node).length === 0
const isLabels = (node: Expression): boolean => node.kind === 'input' && node.name === 'labels'

/**
 * The same formulas where every label is 0 or 1, and none unknown. What is computed from a label and its logit is written out
 * for both labels; where both are the same functions of different numbers, the numbers are chosen and the functions computed
 * once: `y f(−z) + (1 − y)/λ f(λ z)` becomes `(y ? 1 : 1/λ) · f((y ? −1 : λ) · z)`.
 *
 * @param expressions - before differentiation.
 */
export function withHardLabels(expressions: readonly Expression[]): Expression[] {
  const rewritten = new Map<Expression, Expression>()
  const rewrite = (node: Expression): Expression => {
    let result = rewritten.get(node)
    if (result === undefined) {
      result = isTwoValued(node) ? chosenByLabel(node, rewrite) : rebuilt(node, rewrite)
      rewritten.set(node, result)
    }
    return result
  }
  return simplify(simplify(expressions).map(rewrite))
}

/** Whether a value [B, C] is computed from labels of its own place. */
const isTwoValued = (node: Expression): boolean =>
  node.extent.batch && node.extent.classes && !isReduction(node) && !isLeaf(node)

function rebuilt(node: Expression, rewrite: (node: Expression) => Expression): Expression {
  return isLeaf(node) ? node : withOperands(node, operandsOf(node).map(rewrite))
}

/** The cheaper of a formula and its choice by label. */
function chosenByLabel(node: Expression, rewrite: (node: Expression) => Expression): Expression {
  const labels = topologicalOrder([node]).find(isLabels)
  if (labels === undefined) return rebuilt(node, rewrite)
  const withLabel = (label: number): Expression => substitute(node, constant(label), rewrite)
  const [positive, negative, kept] = simplify([withLabel(1), withLabel(0), substitute(node, labels, rewrite)])
  const merged = new Merge(labels).of(positive!, negative!)
  const [choice] = simplify([merged])
  return costOf(choice!) < costOf(kept!) ? choice! : kept!
}

/** A formula with other labels, and with its reductions rewritten. */
function substitute(
  node: Expression,
  label: Expression,
  rewrite: (node: Expression) => Expression,
  done = new Map<Expression, Expression>(),
): Expression {
  const known = done.get(node)
  if (known !== undefined) return known
  let result: Expression
  if (isLabels(node)) result = label
  else if (isLeaf(node)) result = node
  else if (isReduction(node)) result = rewrite(node)
  else
    result = withOperands(
      node,
      operandsOf(node).map((operand) => substitute(operand, label, rewrite, done)),
    )
  done.set(node, result)
  return result
}

function costOf(root: Expression): number {
  const order = topologicalOrder([root]).filter((node) => node.extent.batch && node.extent.classes && !isLeaf(node))
  return order.reduce((total, node) => total + (costs[node.kind] ?? 1), 0)
}

/** Chooses between two formulas as late as possible: deep in them, where they differ. */
class Merge {
  readonly #isPositive: Condition
  readonly #labels: Expression

  constructor(labels: Expression) {
    this.#labels = labels
    this.#isPositive = less(constant(0.5), labels)
  }

  of(positive: Expression, negative: Expression): Expression {
    if (positive === negative) return positive
    const [first, second] = [scaled(positive), scaled(negative)]
    const merged = this.#unscaled(first.of, second.of)
    if (first.scale === second.scale) return multiply(first.scale, merged)
    // Of the two signs the one with which positives count up, so that u and −u are seen to be the same but for the sign.
    const sign = first.scale < 0 ? -1 : 1
    return multiply(sign, multiply(this.#choose(constant(sign * first.scale), constant(sign * second.scale)), merged))
  }

  #unscaled(positive: Expression, negative: Expression): Expression {
    if (positive === negative) return positive
    if (positive.kind === negative.kind) {
      const merged = this.#sameKind(positive, negative)
      if (merged !== undefined && costOf(merged) < costOf(this.#choose(positive, negative))) return merged
    }
    return this.#choose(positive, negative)
  }

  #sameKind(positive: Expression, negative: Expression): Expression | undefined {
    switch (positive.kind) {
      case 'exp':
      case 'expm1':
      case 'log':
      case 'sigmoid':
      case 'softplus':
      case 'negate':
        return unary(positive.kind, this.of(positive.operand, (negative as typeof positive).operand))
      case 'power': {
        const { operand, exponent } = negative as typeof positive
        return exponent === positive.exponent ? power(this.of(positive.operand, operand), exponent) : undefined
      }
      case 'add':
      case 'subtract':
      case 'multiply':
      case 'divide': {
        const { left, right } = negative as typeof positive
        return binary(positive.kind, this.of(positive.left, left), this.of(positive.right, right))
      }
      default:
        return undefined
    }
  }

  #choose(positive: Expression, negative: Expression): Expression {
    const isHost = positive.kind === 'classVector' || positive.kind === 'constant'
    if (isHost && isZero(negative)) return multiply(this.#labels, positive)
    return select(this.#isPositive, positive, negative)
  }
}

const isZero = (node: Expression): boolean =>
  node.kind === 'classVector' ? node.values.every((value) => value === 0) : node.kind === 'constant' && node.value === 0

/** k and x of k · x and of x / k. */
function scaled(node: Expression): { readonly scale: number; readonly of: Expression } {
  if (node.kind === 'negate') {
    const { scale, of } = scaled(node.operand)
    return { scale: -scale, of }
  }
  if (node.kind === 'multiply' && node.left.kind === 'constant') {
    const { scale, of } = scaled(node.right)
    return { scale: scale * (node.left as ConstantNode).value, of }
  }
  if (node.kind === 'divide' && node.right.kind === 'constant' && node.right.value !== 0) {
    const { scale, of } = scaled(node.left)
    return { scale: scale / node.right.value, of }
  }
  return { scale: 1, of: node }
}
