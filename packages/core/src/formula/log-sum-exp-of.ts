import type { Axis, BinaryNode, Condition, Expression } from './nodes.ts'

/** From here on a number stands for ∞: formulas mask with it, because not every target knows ∞, and ∞ − ∞ would be NaN. */
export const PRACTICALLY_INFINITE = 1e30

/** `log Σ e^x` or `log Σ w e^x` over an axis, or over the places of it where a condition holds. */
export interface LogSumExp {
  readonly exponent: Expression
  readonly weight?: Expression
  readonly condition?: Condition
  readonly axis: Axis
}

/**
 * What `logSumExp` of ./build.ts was made from, if a sum is one: it takes the maximum out of the exponents and adds it again,
 * which on paper is nothing. An exponent of −∞ leaves its place out.
 */
export function logSumExpOf({ left, right: largest }: BinaryNode): LogSumExp | undefined {
  if (largest.kind !== 'stopGradient' || largest.operand.kind !== 'max') return undefined
  if (left.kind !== 'log' || left.operand.kind !== 'sum' || left.operand.operand.kind !== 'exp') return undefined
  const shifted = left.operand.operand.operand
  if (shifted.kind !== 'subtract' || shifted.right !== largest) return undefined
  const { axis } = left.operand
  const exponent = shifted.left
  const isMasked =
    exponent.kind === 'select' &&
    exponent.symbol === undefined &&
    exponent.whenFalse.kind === 'constant' &&
    exponent.whenFalse.value <= -PRACTICALLY_INFINITE
  if (!isMasked) return { exponent, axis }
  const { condition, whenTrue } = exponent
  const weighted = weightedExponent(condition, whenTrue)
  return weighted === undefined ? { exponent: whenTrue, condition, axis } : { ...weighted, axis }
}

/** w and x of `x + log w` where `0 < w`: in an exponent, a term with a weight. */
function weightedExponent(
  { left, right }: Condition,
  exponent: Expression,
): Pick<LogSumExp, 'exponent' | 'weight'> | undefined {
  if (exponent.kind !== 'add' || exponent.symbol !== undefined || exponent.right.kind !== 'log') return undefined
  const weight = exponent.right.operand
  const isWherePositive = left.kind === 'constant' && left.value === 0 && right === weight
  return isWherePositive ? { exponent: exponent.left, weight } : undefined
}
