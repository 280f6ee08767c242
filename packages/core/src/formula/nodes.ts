/**
 * The language of formulas: a small, closed union that every target exhausts with a `switch`.
 *
 * A value is a matrix of the batch: [1, 1], [B, 1], [1, C] or [B, C]; which of them is its {@link Extent}. Operations
 * broadcast, so their extent is the union of their operands' extents.
 */

/** A dimension of the batch: `batch` counts samples (B), `classes` counts classes (C). */
export type Axis = 'batch' | 'classes'

/** Along which axes a value varies. */
export interface Extent {
  readonly batch: boolean
  readonly classes: boolean
}

/** Functions of one operand, elementwise. */
export type UnaryKind = 'negate' | 'exp' | 'expm1' | 'log' | 'sigmoid' | 'softplus' | 'stopGradient'

/** Functions of two operands, elementwise and broadcasting. On a tie, the gradient of `minimum` and `maximum` goes to the second operand. */
export type BinaryKind = 'add' | 'subtract' | 'multiply' | 'divide' | 'minimum' | 'maximum'

/** Reductions over one axis. On a tie, the gradient of `max` is shared evenly. */
export type ReductionKind = 'sum' | 'max'

interface Node {
  readonly extent: Extent
  /** LaTeX of the name that the field gives to this quantity; it is printed by that name and defined below the formula. */
  readonly symbol?: string
}

/** A number, [1, 1]. */
export interface ConstantNode extends Node {
  readonly kind: 'constant'
  readonly value: number
}

/** Constants, one for each class, [1, C]. */
export interface ClassVectorNode extends Node {
  readonly kind: 'classVector'
  readonly name: string
  readonly values: Float64Array
}

/** Data that comes with each batch: `logits` and `labels` [B, C], and further inputs that a loss declares. */
export interface InputNode extends Node {
  readonly kind: 'input'
  readonly name: string
}

/** The number of samples or of classes in the batch, [1, 1]. */
export interface SizeNode extends Node {
  readonly kind: 'size'
  readonly axis: Axis
}

/** A function of one operand. `stopGradient(x)` is x with a derivative of 0. */
export interface UnaryNode extends Node {
  readonly kind: UnaryKind
  readonly operand: Expression
}

/** `operand ^ exponent` with a constant exponent. */
export interface PowerNode extends Node {
  readonly kind: 'power'
  readonly operand: Expression
  readonly exponent: number
  /** LaTeX of the exponent's name. */
  readonly exponentSymbol?: string
}

/** A function of two operands. */
export interface BinaryNode extends Node {
  readonly kind: BinaryKind
  readonly left: Expression
  readonly right: Expression
}

/** `left < right`, read by `select` only. */
export interface Condition {
  readonly kind: 'less'
  readonly left: Expression
  readonly right: Expression
  readonly extent: Extent
}

/** `whenTrue` where the condition holds and `whenFalse` elsewhere; a value that is not taken may be NaN. */
export interface SelectNode extends Node {
  readonly kind: 'select'
  readonly condition: Condition
  readonly whenTrue: Expression
  readonly whenFalse: Expression
}

/** A reduction over one axis, which the result no longer varies along. */
export interface ReductionNode extends Node {
  readonly kind: ReductionKind
  readonly axis: Axis
  readonly operand: Expression
}

/** A formula, or a part of one. */
export type Expression =
  | ConstantNode
  | ClassVectorNode
  | InputNode
  | SizeNode
  | UnaryNode
  | PowerNode
  | BinaryNode
  | SelectNode
  | ReductionNode
