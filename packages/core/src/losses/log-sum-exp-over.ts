import { logSumExp, select } from '../formula/build.ts'
import { PRACTICALLY_INFINITE } from '../formula/log-sum-exp-of.ts'
import type { Axis, Condition, Expression } from '../formula/nodes.ts'

/** `log Σ e^x` over the places where a condition holds; about −1e30, and never NaN, where it holds nowhere. */
export function logSumExpWhere(condition: Condition, operand: Expression, axis: Axis): Expression {
  return logSumExp(select(condition, operand, -PRACTICALLY_INFINITE), axis)
}

/** `log Σ e^x` over the places where a condition does not hold. */
export function logSumExpExcept(condition: Condition, operand: Expression, axis: Axis): Expression {
  return logSumExp(select(condition, -PRACTICALLY_INFINITE, operand), axis)
}
