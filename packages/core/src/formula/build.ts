import { DblossError } from '../errors.ts'
import { CLASSES, joinExtents, SCALAR, withoutAxis } from './extent.ts'
import type {
  Axis,
  BinaryKind,
  BinaryNode,
  Condition,
  ConstantNode,
  Expression,
  Extent,
  ReductionKind,
  ReductionNode,
  UnaryKind,
  UnaryNode,
} from './nodes.ts'

/** Wherever a formula takes an expression, a plain number is a constant. */
export type Operand = Expression | number

/** A number whose name is printed in formulas; made by {@link parameter}. */
export interface Parameter {
  readonly value: number
  readonly symbol: string
}

/** A named number of a loss: `parameter('\\lambda', 2)` is printed as λ and computed as 2. */
export function parameter(symbol: string, value: number): ConstantNode & Parameter {
  return { kind: 'constant', value, symbol, extent: SCALAR }
}

/** A number. */
export function constant(value: number): Expression {
  if (Number.isNaN(value)) throw new DblossError('formula', 'constant is NaN; a formula needs a number')
  return { kind: 'constant', value, extent: SCALAR }
}

/** Constants by class, [1, C]; `symbol` is its LaTeX. */
export function classVector(name: string, values: ArrayLike<number>, symbol?: string): Expression {
  const copy = Float64Array.from(values)
  const invalid = copy.findIndex((value) => !Number.isFinite(value))
  if (invalid >= 0) {
    throw new DblossError('formula', `${name}[${invalid}] is ${copy[invalid]}; class vectors must be finite`, {
      argument: name,
      found: copy[invalid],
      expected: 'finite numbers',
    })
  }
  return { kind: 'classVector', name, values: copy, extent: CLASSES, ...(symbol === undefined ? {} : { symbol }) }
}

/** Data that comes with every batch; `symbol` is its LaTeX. */
export function input(name: string, extent: Extent, symbol?: string): Expression {
  return { kind: 'input', name, extent, ...(symbol === undefined ? {} : { symbol }) }
}

/** B for `batch`, C for `classes`. */
export function size(axis: Axis): Expression {
  return { kind: 'size', axis, extent: SCALAR }
}

/** Gives a part of a formula its name in the field: it is printed by name, and defined below the formula. */
export function named<E extends Expression>(symbol: string, expression: E): E {
  return { ...expression, symbol }
}

/** An expression from an operand. */
export function asExpression(operand: Operand): Expression {
  return typeof operand === 'number' ? constant(operand) : operand
}

/** A function of one operand, by kind. */
export function unary(kind: UnaryKind, operand: Operand): UnaryNode {
  const expression = asExpression(operand)
  return { kind, operand: expression, extent: expression.extent }
}

/** A function of two operands, by kind. */
export function binary(kind: BinaryKind, left: Operand, right: Operand): BinaryNode {
  const [first, second] = [asExpression(left), asExpression(right)]
  return { kind, left: first, right: second, extent: joinExtents(first.extent, second.extent) }
}

/** A reduction, by kind. */
export function reduction(kind: ReductionKind, operand: Expression, axis: Axis): ReductionNode {
  if (!operand.extent[axis]) {
    throw new DblossError('formula', `${kind} over ${axis} of a value that does not vary over ${axis}`, {
      argument: 'operand',
      found: operand.kind,
      expected: `an expression that varies over ${axis}`,
    })
  }
  return { kind, operand, axis, extent: withoutAxis(operand.extent, axis) }
}

/** −x */
export const negate = (operand: Operand): Expression => unary('negate', operand)
/** e^x */
export const exp = (operand: Operand): Expression => unary('exp', operand)
/** e^x − 1, accurate near 0. Expansion into older primitives: `tanh(x/2) · (e^x + 1)`. */
export const expm1 = (operand: Operand): Expression => unary('expm1', operand)
/** The natural logarithm. */
export const log = (operand: Operand): Expression => unary('log', operand)
/** σ(x) = 1 / (1 + e^−x) */
export const sigmoid = (operand: Operand): Expression => unary('sigmoid', operand)
/** log(1 + e^x) */
export const softplus = (operand: Operand): Expression => unary('softplus', operand)
/** x, with a derivative of 0. */
export const stopGradient = (operand: Operand): Expression => unary('stopGradient', operand)

/** `operand ^ exponent`; the exponent is a number or a {@link parameter}. */
export function power(operand: Operand, exponent: number | Parameter): Expression {
  const base = asExpression(operand)
  return typeof exponent === 'number'
    ? { kind: 'power', operand: base, exponent, extent: base.extent }
    : { kind: 'power', operand: base, exponent: exponent.value, exponentSymbol: exponent.symbol, extent: base.extent }
}

/** a + b + … */
export function add(first: Operand, ...rest: readonly Operand[]): Expression {
  return rest.reduce<Expression>((sum, term) => binary('add', sum, term), asExpression(first))
}
/** a − b */
export const subtract = (left: Operand, right: Operand): Expression => binary('subtract', left, right)
/** a · b · … */
export function multiply(first: Operand, ...rest: readonly Operand[]): Expression {
  return rest.reduce<Expression>((product, factor) => binary('multiply', product, factor), asExpression(first))
}
/** a / b. Where b may be 0, guard it with {@link select} on both sides. */
export const divide = (left: Operand, right: Operand): Expression => binary('divide', left, right)
/** The smaller; on a tie the gradient goes to the second. */
export const minimum = (left: Operand, right: Operand): Expression => binary('minimum', left, right)
/** The larger; on a tie the gradient goes to the second. */
export const maximum = (left: Operand, right: Operand): Expression => binary('maximum', left, right)

/** The condition `left < right`. */
export function less(left: Operand, right: Operand): Condition {
  const [first, second] = [asExpression(left), asExpression(right)]
  return { kind: 'less', left: first, right: second, extent: joinExtents(first.extent, second.extent) }
}

/** `whenTrue` where the condition holds, `whenFalse` elsewhere; the value not taken may be NaN. */
export function select(condition: Condition, whenTrue: Operand, whenFalse: Operand): Expression {
  const [first, second] = [asExpression(whenTrue), asExpression(whenFalse)]
  return {
    kind: 'select',
    condition,
    whenTrue: first,
    whenFalse: second,
    extent: joinExtents(condition.extent, first.extent, second.extent),
  }
}

/** Σ over an axis. */
export const sum = (operand: Expression, axis: Axis): Expression => reduction('sum', operand, axis)
/** The maximum over an axis; on a tie its gradient is shared evenly. */
export const max = (operand: Expression, axis: Axis): Expression => reduction('max', operand, axis)
/** The mean over an axis: Σ / size. */
export const mean = (operand: Expression, axis: Axis): Expression => divide(sum(operand, axis), size(axis))

/** log Σ e^x over an axis, finite for any finite x. */
export function logSumExp(operand: Expression, axis: Axis): Expression {
  const largest = stopGradient(max(operand, axis))
  return add(log(sum(exp(subtract(operand, largest)), axis)), largest)
}
