import {
  type Axis,
  type Batch,
  type BinaryKind,
  type Extent,
  type PrimitiveTable,
  type ReductionKind,
  shapeOf,
  type UnaryKind,
} from '@dbloss/core'

/** The tensor of this framework: row-major [1, 1], [B, 1], [1, C] or [B, C]. What is stored here is rounded to float32. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array
}

const unaryFunctions: Readonly<Record<Exclude<UnaryKind, 'stopGradient'>, (x: number) => number>> = {
  negate: (x) => -x,
  exp: Math.exp,
  // Not exp(x) − 1, which cancels near 0.
  expm1: Math.expm1,
  log: Math.log,
  // From e^−|x|, which does not overflow, and accurate in both tails: not 1 − σ(−x).
  sigmoid: (x) => (x < 0 ? Math.exp(x) : 1) / (1 + Math.exp(-Math.abs(x))),
  // Not log(1 + exp(x)), which overflows above 88 and is 0 below −17.
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
}

const binaryFunctions: Readonly<Record<BinaryKind, (left: number, right: number) => number>> = {
  add: (left, right) => left + right,
  subtract: (left, right) => left - right,
  multiply: (left, right) => left * right,
  divide: (left, right) => left / right,
  minimum: Math.min,
  maximum: Math.max,
}

/** The primitives of formulas on plain matrices. */
export class TemplatePrimitives implements PrimitiveTable<Matrix> {
  readonly #batch: Batch
  readonly #classCount: number

  constructor(batch: Batch, classCount: number) {
    this.#batch = batch
    this.#classCount = classCount
  }

  constant(value: number): Matrix {
    return { rows: 1, columns: 1, data: Float32Array.of(value) }
  }

  classVector(values: Float64Array): Matrix {
    return { rows: 1, columns: values.length, data: new Float32Array(values) }
  }

  /** A copy, so that no result can be an array of the caller. */
  input(name: string, extent: Extent): Matrix {
    const { logits, labels, batchSize, inputs } = this.#batch
    const [rows, columns] = shapeOf(extent, batchSize, this.#classCount)
    return { rows, columns, data: new Float32Array({ ...inputs, logits, labels }[name]!) }
  }

  size(axis: Axis): Matrix {
    return this.constant(axis === 'batch' ? this.#batch.batchSize : this.#classCount)
  }

  unary(kind: Exclude<UnaryKind, 'stopGradient'>, operand: Matrix): Matrix {
    return elementwise([operand], unaryFunctions[kind])
  }

  power(operand: Matrix, exponent: number): Matrix {
    return elementwise([operand], (base) => base ** exponent)
  }

  binary(kind: BinaryKind, left: Matrix, right: Matrix): Matrix {
    return elementwise([left, right], binaryFunctions[kind])
  }

  /** 1 where it holds, 0 elsewhere. */
  less(left: Matrix, right: Matrix): Matrix {
    return elementwise([left, right], (a, b) => (a < b ? 1 : 0))
  }

  select(condition: Matrix, whenTrue: Matrix, whenFalse: Matrix): Matrix {
    // A choice, not condition · a + (1 − condition) · b: 0 · NaN is NaN.
    return elementwise([condition, whenTrue, whenFalse], (holds, a, b) => (holds ? a : b))
  }

  reduce(kind: ReductionKind, operand: Matrix, axis: Axis): Matrix {
    const { rows, columns, data } = operand
    const result = axis === 'batch' ? { rows: 1, columns } : { rows, columns: 1 }
    // Totals in double: in float32 each addition to a large total loses digits.
    const totals = new Float64Array(result.rows * result.columns).fill(kind === 'sum' ? 0 : Number.NEGATIVE_INFINITY)
    for (let index = 0; index < data.length; index++) {
      const target = axis === 'batch' ? index % columns : Math.floor(index / columns)
      totals[target] = kind === 'sum' ? totals[target]! + data[index]! : Math.max(totals[target]!, data[index]!)
    }
    return { ...result, data: new Float32Array(totals) }
  }
}

/** Applies a function at each place of the result; axes of length 1 are broadcast. */
function elementwise(operands: readonly Matrix[], f: (...elements: number[]) => number): Matrix {
  const rows = Math.max(...operands.map((operand) => operand.rows))
  const columns = Math.max(...operands.map((operand) => operand.columns))
  const data = new Float32Array(rows * columns)
  for (let index = 0; index < data.length; index++) {
    const [row, column] = [Math.floor(index / columns), index % columns]
    const elements = operands.map((operand) => {
      return operand.data[(operand.rows === 1 ? 0 : row) * operand.columns + (operand.columns === 1 ? 0 : column)]!
    })
    data[index] = f(...elements)
  }
  return { rows, columns, data }
}
