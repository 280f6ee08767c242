import { DblossError } from '../errors.ts'
import { joinExtents, shapeOf, withoutAxis } from './extent.ts'
import { lower, type PrimitiveTable } from './lower.ts'
import type { BinaryKind, Expression, Extent, ReductionKind, UnaryKind } from './nodes.ts'

/** A value of the reference evaluator: row-major [B or 1, C or 1]. */
export interface ReferenceValue {
  readonly extent: Extent
  readonly data: Float64Array
}

/** What an expression is evaluated on. */
export interface EvaluationContext {
  readonly batchSize: number
  readonly classCount: number
  /** The inputs by name, row-major, each of the size that its extent gives. */
  readonly inputs: Readonly<Record<string, ArrayLike<number>>>
  /** Rounds the result of every primitive; the identity by default. `Math.fround` shows what float32 does to a formula. */
  readonly round?: (value: number) => number
}

/** σ(x), relatively accurate in both tails. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const e = Math.exp(x)
  return e / (1 + e)
}

/** log(1 + e^x), relatively accurate in both tails. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

const unaryFunctions: Readonly<Record<Exclude<UnaryKind, 'stopGradient'>, (x: number) => number>> = {
  negate: (x) => -x,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  sigmoid,
  softplus,
}

const binaryFunctions: Readonly<Record<BinaryKind, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  minimum: Math.min,
  maximum: Math.max,
}

const reductions: Readonly<
  Record<ReductionKind, { readonly start: number; readonly combine: (a: number, b: number) => number }>
> = {
  sum: { start: 0, combine: (a, b) => a + b },
  max: { start: Number.NEGATIVE_INFINITY, combine: Math.max },
}

/** The primitives in plain float64 loops: slow, and the truth for every other target. */
function referencePrimitives(context: EvaluationContext): PrimitiveTable<ReferenceValue> {
  const { batchSize, classCount, round = (value: number) => value } = context
  const empty = (extent: Extent): ReferenceValue => {
    const [rows, columns] = shapeOf(extent, batchSize, classCount)
    return { extent, data: new Float64Array(rows * columns) }
  }
  /** Calls `f` with the row and column of each element of the result. */
  const fill = (extent: Extent, f: (row: number, column: number) => number): ReferenceValue => {
    const result = empty(extent)
    const [rows, columns] = shapeOf(extent, batchSize, classCount)
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) result.data[row * columns + column] = round(f(row, column))
    }
    return result
  }
  const at = ({ extent, data }: ReferenceValue, row: number, column: number): number =>
    data[elementIndex(extent, classCount, row, column)]!

  return {
    constant: (value) => fill({ batch: false, classes: false }, () => value),
    classVector: (values, name) => {
      if (values.length !== classCount) {
        throw new DblossError(
          'shape',
          `logits has ${classCount} columns but ${name} describes ${values.length} classes`,
          {
            argument: 'logits',
            found: classCount,
            expected: `${values.length} columns`,
          },
        )
      }
      return fill({ batch: false, classes: true }, (_, column) => values[column]!)
    },
    input: (name, extent) => {
      const data = context.inputs[name]
      const [rows, columns] = shapeOf(extent, batchSize, classCount)
      if (data === undefined || data.length !== rows * columns) {
        const found = data === undefined ? 'is missing' : `has ${data.length} values`
        throw new DblossError('shape', `input '${name}' ${found}; expected [${rows}, ${columns}]`, {
          argument: name,
          found: data?.length,
          expected: `${rows * columns} values`,
        })
      }
      return fill(extent, (row, column) => data[row * columns + column]!)
    },
    size: (axis) => fill({ batch: false, classes: false }, () => (axis === 'batch' ? batchSize : classCount)),
    unary: (kind, operand) => fill(operand.extent, (row, column) => unaryFunctions[kind](at(operand, row, column))),
    power: (operand, exponent) => fill(operand.extent, (row, column) => at(operand, row, column) ** exponent),
    binary: (kind, left, right) =>
      fill(joinExtents(left.extent, right.extent), (row, column) =>
        binaryFunctions[kind](at(left, row, column), at(right, row, column)),
      ),
    less: (left, right) =>
      fill(joinExtents(left.extent, right.extent), (row, column) =>
        at(left, row, column) < at(right, row, column) ? 1 : 0,
      ),
    select: (condition, whenTrue, whenFalse) =>
      fill(joinExtents(condition.extent, whenTrue.extent, whenFalse.extent), (row, column) =>
        at(at(condition, row, column) === 1 ? whenTrue : whenFalse, row, column),
      ),
    reduce: (kind, operand, axis) => {
      const { start, combine } = reductions[kind]
      const length = axis === 'batch' ? batchSize : classCount
      return fill(withoutAxis(operand.extent, axis), (row, column) => {
        let result = start
        for (let index = 0; index < length; index++) {
          result = round(combine(result, axis === 'batch' ? at(operand, index, column) : at(operand, row, index)))
        }
        return result
      })
    },
  }
}

/**
 * Evaluates formulas in float64, or in the precision that `round` imitates.
 *
 * @returns one value an expression, in order, sharing common parts.
 * @throws DblossError `shape` when an input is missing or of the wrong size.
 */
export function evaluateExpressions(expressions: readonly Expression[], context: EvaluationContext): ReferenceValue[] {
  return lower(expressions, referencePrimitives(context))
}

/** The index of an element in a value of an extent, for readers of {@link ReferenceValue}. */
export function elementIndex(extent: Extent, classCount: number, row: number, column: number): number {
  return (extent.batch ? row : 0) * (extent.classes ? classCount : 1) + (extent.classes ? column : 0)
}
