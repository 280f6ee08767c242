import { logSumExp, select } from '../formula/build.ts'
import type { Axis, Condition, Expression } from '../formula/nodes.ts'

/** Stands for −∞ in exponents: not every target knows ∞, and ∞ − ∞ would be NaN. */
const PRACTICALLY_MINUS_INFINITE = -1e30

/** `log Σ e^x` over the places where a condition holds; about −1e30, and never NaN, where it holds nowhere. */
export function logSumExpWhere(condition: Condition, operand: Expression, axis: Axis): Expression {
  return logSumExp(select(condition, operand, PRACTICALLY_MINUS_INFINITE), axis)
}

/** `log Σ e^x` over the places where a condition does not hold. */
export function logSumExpExcept(condition: Condition, operand: Expression, axis: Axis): Expression {
  return logSumExp(select(condition, PRACTICALLY_MINUS_INFINITE, operand), axis)
}
