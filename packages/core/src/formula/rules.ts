import {
  add,
  classVector,
  constant,
  divide,
  exp,
  expm1,
  multiply,
  negate,
  power,
  select,
  sigmoid,
  softplus,
  subtract,
} from './build.ts'
import { evaluateExpressions } from './evaluate.ts'
import { joinExtents, sameExtent } from './extent.ts'
import type { ClassVectorNode, ConstantNode, Expression } from './nodes.ts'
import { operandsOf } from './operands.ts'

/** The names of the rules, for switching one off in a test. */
export type RuleName =
  | 'fold-constants'
  | 'neutral-element'
  | 'negation'
  | 'gather-constants'
  | 'equal-arms'
  | 'known-condition'
  | 'trivial-power'
  | 'complement-of-sigmoid'
  | 'complement-of-exponential'
  | 'log-of-sigmoid'
  | 'power-of-sigmoid'
  | 'hoist-select'
  | 'sigmoid-from-exponential'
  | 'reciprocal'
  | 'common-factor'

/** A rewriting of one node; its operands are simplified already. */
export interface SimplificationRule {
  readonly name: RuleName
  /** What goes wrong without it. */
  readonly purpose: string
  /** The replacement, or nothing where the rule does not apply. */
  apply(node: Expression): Expression | undefined
}

const isConstant = (node: Expression, value?: number): node is ConstantNode =>
  node.kind === 'constant' && (value === undefined || node.value === value)

const isHostValue = (node: Expression): node is ConstantNode | ClassVectorNode =>
  node.kind === 'constant' || node.kind === 'classVector'

/** Operations on constants and class vectors, computed here in float64. */
function foldConstants(node: Expression): Expression | undefined {
  const operands = operandsOf(node)
  if (operands.length === 0 || !operands.every(isHostValue)) return undefined
  const vector = operands.find((operand) => operand.kind === 'classVector')
  const classCount = vector?.values.length ?? 1
  const [result] = evaluateExpressions([node], { batchSize: 1, classCount, inputs: {} })
  if (!result!.data.every(Number.isFinite)) return undefined
  return result!.extent.classes ? classVector(`${vector!.name}_${node.kind}`, result!.data) : constant(result!.data[0]!)
}

/** x + 0, x − 0, x · 1, x / 1 are x; x · 0 and 0 / x are 0. */
function neutralElement(node: Expression): Expression | undefined {
  switch (node.kind) {
    case 'add':
      if (isConstant(node.left, 0)) return node.right
      return isConstant(node.right, 0) ? node.left : undefined
    case 'subtract':
      if (isConstant(node.left, 0)) return negate(node.right)
      return isConstant(node.right, 0) ? node.left : undefined
    case 'multiply':
      if (isConstant(node.left, 0) || isConstant(node.right, 0)) return constant(0)
      if (isConstant(node.left, 1)) return node.right
      return isConstant(node.right, 1) ? node.left : undefined
    case 'divide':
      if (isConstant(node.left, 0)) return constant(0)
      return isConstant(node.right, 1) ? node.left : undefined
    default:
      return undefined
  }
}

/** −(−x) is x, a − (−b) is a + b, a + (−b) is a − b, x · −1 is −x; signs of factors move out of products and into constants. */
function negation(node: Expression): Expression | undefined {
  switch (node.kind) {
    case 'negate':
      if (node.operand.kind === 'negate') return node.operand.operand
      return node.operand.kind === 'multiply' && isConstant(node.operand.left)
        ? multiply(-node.operand.left.value, node.operand.right)
        : undefined
    case 'subtract':
      return node.right.kind === 'negate' ? add(node.left, node.right.operand) : undefined
    case 'add':
      if (node.right.kind === 'negate') return subtract(node.left, node.right.operand)
      return node.left.kind === 'negate' ? subtract(node.right, node.left.operand) : undefined
    case 'multiply':
      if (isConstant(node.left, -1)) return negate(node.right)
      if (isConstant(node.right, -1)) return negate(node.left)
      if (node.left.kind === 'negate') return negate(multiply(node.left.operand, node.right))
      return node.right.kind === 'negate' ? negate(multiply(node.left, node.right.operand)) : undefined
    case 'divide':
      return node.left.kind === 'negate' ? negate(divide(node.left.operand, node.right)) : undefined
    default:
      return undefined
  }
}

/** Constants move to the left of products and outwards, where they meet and become one: a · (2 b) · 3 is 6 · (a b). */
function gatherConstants(node: Expression): Expression | undefined {
  if (node.kind !== 'multiply') return undefined
  const { left, right } = node
  if (isConstant(left)) {
    return right.kind === 'multiply' && isConstant(right.left)
      ? multiply(left.value * right.left.value, right.right)
      : undefined
  }
  if (isConstant(right)) return multiply(right, left)
  if (left.kind === 'multiply' && isConstant(left.left)) return multiply(left.left, multiply(left.right, right))
  return right.kind === 'multiply' && isConstant(right.left)
    ? multiply(right.left, multiply(left, right.right))
    : undefined
}

/** x · select(c, a, 0) → select(c, x · a, 0), the same for a zero in the other arm, for a quotient and for a negation. */
function hoistSelect(node: Expression): Expression | undefined {
  const hoist = (inner: Expression, outer: (arm: Expression) => Expression): Expression | undefined => {
    if (inner.kind !== 'select') return undefined
    const { condition, whenTrue, whenFalse } = inner
    if (isConstant(whenFalse, 0)) return select(condition, outer(whenTrue), 0)
    return isConstant(whenTrue, 0) ? select(condition, 0, outer(whenFalse)) : undefined
  }
  switch (node.kind) {
    case 'multiply':
      return (
        hoist(node.left, (arm) => multiply(arm, node.right)) ?? hoist(node.right, (arm) => multiply(node.left, arm))
      )
    case 'divide':
      return hoist(node.left, (arm) => divide(arm, node.right))
    case 'negate':
      return hoist(node.operand, negate)
    default:
      return undefined
  }
}

/** The rules, in the order in which they are tried. */
export const simplificationRules: readonly SimplificationRule[] = [
  {
    name: 'fold-constants',
    purpose: 'float32 loses 1 − bⁿ for large n; what depends on classes only is computed once, in float64',
    apply: foldConstants,
  },
  {
    name: 'neutral-element',
    purpose: 'a vanished factor would still turn an overflow beside it into NaN (0 · ∞)',
    apply: neutralElement,
  },
  {
    name: 'negation',
    purpose: 'other rules see through a double negation only when it is gone',
    apply: negation,
  },
  {
    name: 'gather-constants',
    purpose: 'a derivative multiplies by γ, λ and −1 one after the other; each would cost a pass over [B, C]',
    apply: gatherConstants,
  },
  {
    name: 'equal-arms',
    purpose: 'a select between equal arms would keep its condition alive',
    apply: (node) =>
      node.kind === 'select' &&
      (node.whenTrue === node.whenFalse ||
        (isConstant(node.whenTrue) && isConstant(node.whenFalse) && node.whenTrue.value === node.whenFalse.value))
        ? node.whenTrue
        : undefined,
  },
  {
    name: 'known-condition',
    purpose: 'a condition between two numbers is known, and what its other arm needs would be computed for nothing',
    apply: (node) => {
      if (node.kind !== 'select') return undefined
      const { left, right } = node.condition
      if (!isConstant(left) || !isConstant(right)) return undefined
      return left.value < right.value ? node.whenTrue : node.whenFalse
    },
  },
  {
    name: 'trivial-power',
    purpose: 'x^1 and x^0 cost a power, and some targets give NaN for a negative base',
    apply: (node) => {
      if (node.kind !== 'power') return undefined
      if (node.exponent === 1) return node.operand
      return node.exponent === 0 ? constant(1) : undefined
    },
  },
  {
    name: 'complement-of-sigmoid',
    purpose: '1 − σ(u) is 0 in float32 from u = 17 on; σ(−u) is not',
    apply: (node) =>
      node.kind === 'subtract' && isConstant(node.left, 1) && node.right.kind === 'sigmoid'
        ? sigmoid(negate(node.right.operand))
        : undefined,
  },
  {
    name: 'complement-of-exponential',
    purpose: 'float32 loses 1 − e^x for small x (class-balanced weights with b near 1); −expm1(x) does not',
    apply: (node) =>
      node.kind === 'subtract' && isConstant(node.left, 1) && node.right.kind === 'exp'
        ? negate(expm1(node.right.operand))
        : undefined,
  },
  {
    name: 'log-of-sigmoid',
    purpose: 'log σ(u) is −∞ where σ(u) underflows; −softplus(−u) is finite',
    apply: (node) =>
      node.kind === 'log' && node.operand.kind === 'sigmoid'
        ? negate(softplus(negate(node.operand.operand)))
        : undefined,
  },
  {
    name: 'power-of-sigmoid',
    purpose: 'the derivative of σ(u)^γ is ∞ · 0 for γ < 1 where σ(u) underflows; that of exp(−γ softplus(−u)) is 0',
    apply: (node) =>
      node.kind === 'power' && node.operand.kind === 'sigmoid'
        ? exp(multiply(-node.exponent, softplus(negate(node.operand.operand))))
        : undefined,
  },
  {
    name: 'hoist-select',
    purpose: 'the arm not taken may be infinite, and multiplying it by the 0 of a mask gives NaN',
    apply: hoistSelect,
  },
]

/**
 * For a program that has been differentiated: the rule that served the derivative is undone where the target has a cheaper
 * form, which the derivative of softplus needs anyway.
 */
export const closingRules: readonly SimplificationRule[] = [
  ...simplificationRules.filter(({ name }) => name !== 'power-of-sigmoid'),
  {
    name: 'reciprocal',
    purpose: 'a division costs several multiplications; by what varies over the rows or classes only, there are few',
    apply: reciprocal,
  },
  {
    name: 'common-factor',
    purpose: 'the terms of a derivative share factors; each would be multiplied in twice',
    apply: commonFactor,
  },
  {
    name: 'sigmoid-from-exponential',
    purpose: 'exp(−γ softplus(−u)) costs two transcendental functions; σ(u) is at hand, and σ(u)² a product away',
    apply: (node) => {
      if (node.kind !== 'exp' || node.operand.kind !== 'multiply') {
        return node.kind === 'exp' ? sigmoidPower(node.operand, -1) : undefined
      }
      const { left, right } = node.operand
      return isConstant(left) ? sigmoidPower(negate(right), left.value) : undefined
    },
  },
]

/** x · a ± x · b is x · (a ± b), for a common x anywhere in both products. */
function commonFactor(node: Expression): Expression | undefined {
  if (node.kind !== 'add' && node.kind !== 'subtract') return undefined
  const factors = factorsOf(node.left)
  const others = factorsOf(node.right)
  const common = factors.filter((factor) => factor.kind !== 'constant' && others.includes(factor))
  const shared = common.filter((factor, index) => common.indexOf(factor) === index)
  if (shared.length === 0) return undefined
  const rest = (all: readonly Expression[]): Expression => {
    const left = [...all]
    for (const factor of shared) left.splice(left.indexOf(factor), 1)
    return left.length === 0 ? constant(1) : multiply(left[0]!, ...left.slice(1))
  }
  const sum = node.kind === 'add' ? add(rest(factors), rest(others)) : subtract(rest(factors), rest(others))
  return multiply(shared[0]!, ...shared.slice(1), sum)
}

/** The factors of a product of more than one. */
function factorsOf(node: Expression): Expression[] {
  return node.kind === 'multiply' ? [...factorsOf(node.left), ...factorsOf(node.right)] : [node]
}

/** x / y with a y that varies less than x: the few 1 / y are cheaper than many divisions. */
function reciprocal(node: Expression): Expression | undefined {
  if (node.kind !== 'divide' || isConstant(node.left, 1)) return undefined
  const { left, right } = node
  return sameExtent(left.extent, joinExtents(left.extent, right.extent)) && !sameExtent(left.extent, right.extent)
    ? multiply(left, divide(1, right))
    : undefined
}

/** σ(−v)^−k for `k · softplus(v)`, given as −softplus(v); nothing but for the first and second power. */
function sigmoidPower(negated: Expression, factor: number): Expression | undefined {
  if (negated.kind !== 'negate' || negated.operand.kind !== 'softplus' || !(factor === -1 || factor === -2))
    return undefined
  const value = sigmoid(negate(negated.operand.operand))
  return factor === -1 ? value : power(value, 2)
}
