import type { Axis, BinaryKind, Condition, Expression, Extent, ReductionKind, UnaryKind } from './nodes.ts'

/**
 * A target framework, as a table of primitives. `Value` is the framework's tensor (or the name of one in a graph) and
 * `Bool` its truth value. Every tensor has rank 2 ([1,1], [B,1], [1,C] or [B,C]), so ordinary broadcasting applies.
 */
export interface PrimitiveTable<Value, Bool = Value> {
  /** A number, [1, 1]. */
  constant(value: number): Value
  /** Constants by class, [1, C]. */
  classVector(values: Float64Array, name: string): Value
  /** The data called `name` of the current batch. */
  input(name: string, extent: Extent): Value
  /** The number of samples or classes, [1, 1]. */
  size(axis: Axis): Value
  /** Functions of one operand; `stopGradient` never arrives here, because gradients are derived before lowering. */
  unary(kind: Exclude<UnaryKind, 'stopGradient'>, operand: Value): Value
  /** `operand ^ exponent`. */
  power(operand: Value, exponent: number): Value
  /** Functions of two operands, broadcasting. */
  binary(kind: BinaryKind, left: Value, right: Value): Value
  /** `left < right`, elementwise, broadcasting. */
  less(left: Value, right: Value): Bool
  /** `whenTrue` where the condition holds, else `whenFalse`, broadcasting; never arithmetic with a mask, which lets NaN through. */
  select(condition: Bool, whenTrue: Value, whenFalse: Value): Value
  /** A reduction over one axis that keeps the dimension. */
  reduce(kind: ReductionKind, operand: Value, axis: Axis): Value
}

/** What has been lowered already: the target's values of expressions and conditions. */
export interface Lowered<Value, Bool = Value> {
  readonly values: Map<Expression, Value>
  readonly conditions: Map<Condition, Bool>
}

/**
 * Translates formulas into a target's values. Formulas lowered by one call share their common parts: lower the value
 * and the gradient of a loss together, or hand on what the first call has lowered.
 *
 * @param known - values to take as they are; those that are lowered now are added. Default: none.
 * @returns one value of the target for each expression, in order; its extent is that of the expression.
 */
export function lower<Value, Bool>(
  expressions: readonly Expression[],
  table: PrimitiveTable<Value, Bool>,
  { values, conditions }: Lowered<Value, Bool> = { values: new Map(), conditions: new Map() },
): Value[] {
  const condition = (node: Condition): Bool => {
    let result = conditions.get(node)
    if (result === undefined) {
      result = table.less(value(node.left), value(node.right))
      conditions.set(node, result)
    }
    return result
  }
  const value = (node: Expression): Value => {
    let result = values.get(node)
    if (result === undefined) {
      result = translate(node)
      values.set(node, result)
    }
    return result
  }
  const translate = (node: Expression): Value => {
    switch (node.kind) {
      case 'constant':
        return table.constant(node.value)
      case 'classVector':
        return table.classVector(node.values, node.name)
      case 'input':
        return table.input(node.name, node.extent)
      case 'size':
        return table.size(node.axis)
      case 'stopGradient':
        return value(node.operand)
      case 'negate':
      case 'exp':
      case 'expm1':
      case 'log':
      case 'sigmoid':
      case 'softplus':
        return table.unary(node.kind, value(node.operand))
      case 'power':
        return table.power(value(node.operand), node.exponent)
      case 'add':
      case 'subtract':
      case 'multiply':
      case 'divide':
      case 'minimum':
      case 'maximum':
        return table.binary(node.kind, value(node.left), value(node.right))
      case 'select':
        return table.select(condition(node.condition), value(node.whenTrue), value(node.whenFalse))
      case 'sum':
      case 'max':
        return table.reduce(node.kind, value(node.operand), node.axis)
    }
  }
  return expressions.map(value)
}
