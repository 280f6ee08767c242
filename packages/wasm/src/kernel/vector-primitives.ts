import type { Condition, Expression } from '@dbloss/core'
import type { Vector, Vectors } from '../assembly/vectors.ts'
import { exp, expm1 } from '../vector-math/exponential.ts'
import { log } from '../vector-math/logarithm.ts'
import { type LogisticFamily, logisticFamily, sigmoid } from '../vector-math/logistic.ts'
import { power } from '../vector-math/power.ts'

/** Finds the vector of an operand that was computed before. */
export type Lookup = (node: Expression) => Vector

/**
 * The primitives of formulas as vector instructions, within one stretch of code: what is shared there (e^(−|u|), masks of
 * conditions, reciprocals) is computed once.
 */
export class VectorPrimitives {
  readonly #v: Vectors
  readonly #value: Lookup
  /** Those of the code around, which this code may use: reciprocals of a row, within the loop over its classes. */
  readonly #outer: VectorPrimitives | undefined
  readonly #logistic = new Map<string, LogisticFamily>()
  readonly #masks = new Map<Condition, Vector>()
  readonly #reciprocals = new Map<Expression, Vector>()
  readonly #ids = new Map<Expression, number>()
  /** How many functions there are of each |u|; a sigmoid alone is computed in another way. */
  readonly #relatives = new Map<string, number>()
  /** Where a value is a maximum is seen by comparing it, as another loop computes it: all sigmoids then are computed alike. */
  readonly #hasMaximum: boolean

  /**
   * @param nodes - what the kernel computes, here or in other loops.
   * @param outer - the primitives of the code around.
   */
  constructor(v: Vectors, value: Lookup, nodes: readonly Expression[], outer?: VectorPrimitives) {
    this.#v = v
    this.#value = value
    this.#outer = outer
    this.#hasMaximum = nodes.some(({ kind }) => kind === 'max')
    for (const node of nodes) {
      if (node.kind !== 'sigmoid' && node.kind !== 'softplus') continue
      const key = this.#familyKey(node.operand)
      this.#relatives.set(key, (this.#relatives.get(key) ?? 0) + 1)
    }
  }

  /** Computes a node whose operands are there. */
  compute(node: Expression): Vector {
    const v = this.#v
    const value = this.#value
    switch (node.kind) {
      case 'negate':
        return v.negate(value(node.operand))
      case 'exp':
        return exp(v, value(node.operand))
      case 'expm1':
        return expm1(v, value(node.operand))
      case 'log':
        return log(v, value(node.operand))
      case 'sigmoid':
        return this.#isAlone(node.operand)
          ? sigmoid(v, value(node.operand))
          : this.#logisticOf(node.operand).sigmoid(value(node.operand))
      case 'softplus':
        return this.#logisticOf(node.operand).softplus(value(node.operand))
      case 'stopGradient':
        return value(node.operand)
      case 'power':
        return power(v, value(node.operand), node.exponent)
      case 'add':
        return v.add(value(node.left), value(node.right))
      case 'subtract':
        return v.subtract(value(node.left), value(node.right))
      case 'multiply':
        return v.multiply(value(node.left), value(node.right))
      case 'divide':
        return node.right.extent.classes || !node.left.extent.classes
          ? v.divide(value(node.left), value(node.right))
          : v.multiply(value(node.left), this.#reciprocal(node.right))
      case 'minimum':
        return this.#extremum(node.left, node.right, 'f32x4.min', v.atMost)
      case 'maximum':
        return this.#extremum(node.left, node.right, 'f32x4.max', v.atLeast)
      case 'select':
        return this.#select(this.#mask(node.condition), node.whenTrue, node.whenFalse)
      default:
        throw new TypeError(`${node.kind} is not computed from operands`)
    }
  }

  /** With a constant the fast form is exact, and gives NaN for NaN. */
  #extremum(
    left: Expression,
    right: Expression,
    exact: 'f32x4.min' | 'f32x4.max',
    fast: (x: Vector, y: Vector) => Vector,
  ): Vector {
    const value = this.#value
    if (right.kind === 'constant') return fast(value(left), value(right))
    if (left.kind === 'constant') return fast(value(right), value(left))
    return this.#v.op(exact, value(left), value(right))
  }

  #select(mask: Vector, whenTrue: Expression, whenFalse: Expression): Vector {
    const v = this.#v
    if (isZero(whenTrue)) return v.without(this.#value(whenFalse), mask)
    if (isZero(whenFalse)) return v.and(this.#value(whenTrue), mask)
    return v.choose(mask, this.#value(whenTrue), this.#value(whenFalse))
  }

  #mask(condition: Condition): Vector {
    let mask = this.#masks.get(condition)
    if (mask === undefined) {
      mask = this.#v.isLess(this.#value(condition.left), this.#value(condition.right))
      this.#masks.set(condition, mask)
    }
    return mask
  }

  /** Division by a number of the row is multiplication by its reciprocal, which is computed once a row. */
  #reciprocal(node: Expression): Vector {
    if (this.#outer !== undefined) return this.#outer.reciprocalOf(node, this.#value)
    return this.reciprocalOf(node, this.#value)
  }

  reciprocalOf(node: Expression, value: Lookup): Vector {
    let result = this.#reciprocals.get(node)
    if (result === undefined) {
      result = this.#v.divide(this.#v.constant(1), value(node))
      this.#reciprocals.set(node, result)
    }
    return result
  }

  #isAlone(u: Expression): boolean {
    return !this.#hasMaximum && this.#relatives.get(this.#familyKey(u)) === 1
  }

  /** u and −u, and k u and −k u, have the same e^(−|u|). */
  #logisticOf(u: Expression): LogisticFamily {
    const key = this.#familyKey(u)
    let family = this.#logistic.get(key)
    if (family === undefined) {
      family = logisticFamily(this.#v, this.#value(u))
      this.#logistic.set(key, family)
    }
    return family
  }

  #familyKey(u: Expression): string {
    const [scale, base] = withoutSign(u)
    return `${scale} ${this.#id(base)}`
  }

  #id(node: Expression): number {
    let id = this.#ids.get(node)
    if (id === undefined) {
      id = this.#ids.size
      this.#ids.set(node, id)
    }
    return id
  }
}

const isZero = (node: Expression): boolean => node.kind === 'constant' && node.value === 0

/** |k| and x of ± k x. */
function withoutSign(u: Expression): [number, Expression] {
  if (u.kind === 'negate') return withoutSign(u.operand)
  if (u.kind === 'multiply' && u.left.kind === 'constant') {
    const [scale, base] = withoutSign(u.right)
    return [Math.abs(u.left.value) * scale, base]
  }
  return [1, u]
}
