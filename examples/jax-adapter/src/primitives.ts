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
import { nn, numpy as np } from '@jax-js/jax'

const unaryFunctions: Readonly<Record<Exclude<UnaryKind, 'stopGradient'>, (x: np.Array) => np.Array>> = {
  negate: np.negative,
  exp: np.exp,
  expm1: np.expm1,
  log: np.log,
  sigmoid: nn.sigmoid,
  // nn.softplus is infinite from 89 on.
  softplus: (x) => np.add(np.maximum(x.ref, 0), np.log1p(np.exp(np.negative(np.abs(x))))),
}

const binaryFunctions: Readonly<Record<BinaryKind, (left: np.Array, right: np.Array) => np.Array>> = {
  add: np.add,
  subtract: np.subtract,
  multiply: np.multiply,
  divide: np.divide,
  minimum: np.minimum,
  maximum: np.maximum,
}

const axes: Readonly<Record<Axis, number>> = { batch: 0, classes: 1 }

let live = 0

/** How many arrays of tables are not freed. */
export const liveArrays = (): number => live

/**
 * The primitives of formulas in jax-js. Its functions take their operands over and free them, so operands are handed on by
 * `ref`; `dispose` frees what the table has made.
 */
export class JaxPrimitives implements PrimitiveTable<np.Array> {
  readonly #batch: Batch
  readonly #classCount: number
  readonly #made: np.Array[] = []

  constructor(batch: Batch, classCount: number) {
    this.#batch = batch
    this.#classCount = classCount
  }

  constant(value: number): np.Array {
    return this.#array(Float32Array.of(value), [1, 1])
  }

  classVector(values: Float64Array): np.Array {
    return this.#array(new Float32Array(values), [1, values.length])
  }

  /** A copy: jax-js may compute on the array itself. */
  input(name: string, extent: Extent): np.Array {
    const { logits, labels, batchSize, inputs } = this.#batch
    const data = new Float32Array({ ...inputs, logits, labels }[name]!)
    return this.#array(data, shapeOf(extent, batchSize, this.#classCount))
  }

  size(axis: Axis): np.Array {
    return this.constant(axis === 'batch' ? this.#batch.batchSize : this.#classCount)
  }

  unary(kind: Exclude<UnaryKind, 'stopGradient'>, operand: np.Array): np.Array {
    return this.#keep(unaryFunctions[kind](operand.ref))
  }

  power(operand: np.Array, exponent: number): np.Array {
    if (exponent === 0.5) return this.#keep(np.sqrt(operand.ref))
    const isWhole = Number.isInteger(exponent) && exponent > 0
    return this.#keep(isWhole ? wholePower(operand, exponent) : np.power(operand.ref, exponent))
  }

  binary(kind: BinaryKind, left: np.Array, right: np.Array): np.Array {
    return this.#keep(binaryFunctions[kind](left.ref, right.ref))
  }

  less(left: np.Array, right: np.Array): np.Array {
    return this.#keep(np.less(left.ref, right.ref))
  }

  select(condition: np.Array, whenTrue: np.Array, whenFalse: np.Array): np.Array {
    return this.#keep(np.where(condition.ref, whenTrue.ref, whenFalse.ref))
  }

  reduce(kind: ReductionKind, operand: np.Array, axis: Axis): np.Array {
    const reduction = kind === 'sum' ? np.sum : np.max
    return this.#keep(reduction(operand.ref, axes[axis], { keepdims: true }))
  }

  dispose(): void {
    for (const array of this.#made) {
      array.dispose()
      if (array.refCount === 0) live--
    }
  }

  #array(data: Float32Array<ArrayBuffer>, shape: [number, number]): np.Array {
    return this.#keep(np.array(data, { shape }))
  }

  #keep(array: np.Array): np.Array {
    this.#made.push(array)
    live++
    return array
  }
}

/** By multiplication: np.power goes through the logarithm, which is good to five digits in WebAssembly. */
function wholePower(base: np.Array, exponent: number): np.Array {
  return exponent === 1 ? base.ref : np.multiply(wholePower(base, exponent - 1), base.ref)
}
