import {
  add,
  classVector,
  constant,
  createRandom,
  divide,
  type Expression,
  exp,
  expm1,
  type FormulaContext,
  less,
  log,
  max,
  maximum,
  minimum,
  multiply,
  negate,
  power,
  type Random,
  select,
  sigmoid,
  size,
  softplus,
  stopGradient,
  subtract,
  sum,
} from '@dbloss/core'

/** An expression whose values are known to lie in a range, for logits in [−4, 4] and labels in [0, 1]. */
interface Bounded {
  readonly expression: Expression
  readonly low: number
  readonly high: number
}

/** Values beyond this are squashed, so that nothing overflows however formulas are nested. */
const LIMIT = 8

/** The number of classes of the class vectors in random formulas. */
export const RANDOM_FORMULA_CLASSES = 5

/**
 * A random well-formed formula, the same for the same seed: every primitive occurs, operations are only applied where
 * they are defined, and values stay below about ten. It always depends on the logits and varies over batch and classes.
 */
export function randomFormula(seed: number): (context: FormulaContext) => Expression {
  return (context) => {
    const generator = new FormulaGenerator(createRandom(seed), context)
    const { expression } = generator.grow(2 + (seed % 4))
    return add(multiply(0.1, context.logits), expression)
  }
}

class FormulaGenerator {
  readonly #random: Random
  readonly #context: FormulaContext

  constructor(random: Random, context: FormulaContext) {
    this.#random = random
    this.#context = context
  }

  grow(depth: number): Bounded {
    if (depth === 0) return this.#leaf()
    const operand = this.grow(depth - 1)
    return this.#squashed(
      this.#random.next() < 0.5 ? this.#apply(operand) : this.#combine(operand, this.grow(depth - 1)),
    )
  }

  #leaf(): Bounded {
    const { logits, labels } = this.#context
    const leaves: readonly (() => Bounded)[] = [
      () => ({ expression: logits, low: -4, high: 4 }),
      () => ({ expression: logits, low: -4, high: 4 }),
      () => ({ expression: labels, low: 0, high: 1 }),
      () => {
        const values = Array.from({ length: RANDOM_FORMULA_CLASSES }, () => 4 * this.#random.next() - 2)
        return { expression: classVector('random', values), low: Math.min(...values), high: Math.max(...values) }
      },
      () => {
        const value = 4 * this.#random.next() - 2
        return { expression: constant(value), low: value, high: value }
      },
    ]
    return this.#pick(leaves)()
  }

  /** A function of one operand. */
  #apply(operand: Bounded): Bounded {
    const { expression: x, low, high } = operand
    const { extent } = x
    const functions: (() => Bounded)[] = [
      () => ({ expression: negate(x), low: -high, high: -low }),
      () => ({ expression: sigmoid(x), low: 0, high: 1 }),
      () => ({ expression: softplus(x), low: 0, high: Math.max(high, 0) + 1 }),
      () => ({ expression: power(x, 2), low: 0, high: Math.max(low ** 2, high ** 2) }),
      () => ({ expression: add(x, multiply(0.5, stopGradient(x))), low: 1.5 * low, high: 1.5 * high }),
    ]
    if (high <= 2) {
      functions.push(() => ({ expression: exp(x), low: 0, high: Math.exp(high) }))
      functions.push(() => ({ expression: expm1(x), low: -1, high: Math.exp(high) }))
    }
    const above = positive(operand)
    functions.push(
      () => ({ expression: log(above.expression), low: Math.log(above.low), high: Math.log(above.high) }),
      () => ({ expression: power(above.expression, 0.5), low: above.low ** 0.5, high: above.high ** 0.5 }),
      () => ({ expression: power(above.expression, -1.5), low: above.high ** -1.5, high: above.low ** -1.5 }),
    )
    for (const axis of ['classes', 'batch'] as const) {
      if (!extent[axis]) continue
      functions.push(() => ({ expression: divide(sum(x, axis), size(axis)), low, high }))
      functions.push(() => ({ expression: max(x, axis), low, high }))
    }
    return this.#pick(functions)()
  }

  /** A function of two operands. */
  #combine(left: Bounded, right: Bounded): Bounded {
    const { logits, labels } = this.#context
    const [a, b] = [left.expression, right.expression]
    const products = [left.low * right.low, left.low * right.high, left.high * right.low, left.high * right.high]
    const either = { low: Math.min(left.low, right.low), high: Math.max(left.high, right.high) }
    const divisor = positive(right)
    const functions: readonly (() => Bounded)[] = [
      () => ({ expression: add(a, b), low: left.low + right.low, high: left.high + right.high }),
      () => ({ expression: subtract(a, b), low: left.low - right.high, high: left.high - right.low }),
      () => ({ expression: multiply(a, b), low: Math.min(...products), high: Math.max(...products) }),
      () => {
        const largest = Math.max(Math.abs(left.low), Math.abs(left.high)) / divisor.low
        return { expression: divide(a, divisor.expression), low: -largest, high: largest }
      },
      () => ({ expression: minimum(a, b), ...either }),
      () => ({ expression: maximum(a, b), ...either }),
      () => ({ expression: select(less(0.5, labels), a, b), ...either }),
      // Logits of the suite stay off 0, where this changes sides.
      () => ({ expression: select(less(logits, 0), a, b), ...either }),
    ]
    return this.#pick(functions)()
  }

  /**
   * Brings large values into (−LIMIT / 2, LIMIT / 2). The sigmoid's operand stays within ±LIMIT: where it saturates, values
   * that differ are equal in float32, and which of them a `max` takes would hang on rounding. Its scale is random, so that
   * two parts that are brought down do not tie.
   */
  #squashed(bounded: Bounded): Bounded {
    const largest = Math.max(Math.abs(bounded.low), Math.abs(bounded.high))
    if (largest <= LIMIT) return bounded
    const scale = ((0.75 + this.#random.next() / 4) * LIMIT) / largest
    return {
      expression: subtract(multiply(LIMIT, sigmoid(multiply(scale, bounded.expression))), LIMIT / 2),
      low: -LIMIT / 2,
      high: LIMIT / 2,
    }
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#random.integer(choices.length)]!
  }
}

/** Something above ½ that grows with the operand. */
function positive({ expression, low, high }: Bounded): Bounded {
  if (low >= 0.5) return { expression, low, high }
  return { expression: add(softplus(expression), 0.5), low: 0.5, high: Math.max(high, 0) + 1.5 }
}
