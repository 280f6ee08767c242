import type { Axis, BinaryKind, Extent, PrimitiveTable, ReductionKind, UnaryKind } from '@dbloss/core'
import * as tf from '@tensorflow/tfjs-core'
import type { ConstantTensors } from './constant-tensors.ts'
import { expm1 } from './expm1.ts'

/** The tensors of one batch, and its size. */
export interface BatchTensors {
  readonly inputs: Readonly<Record<string, tf.Tensor>>
  readonly batchSize: number
  readonly classCount: number
}

const AXES = { batch: 0, classes: 1 } as const

/** The primitives of formulas as functional TensorFlow.js operations; every tensor has rank 2. */
export class TfjsPrimitives implements PrimitiveTable<tf.Tensor> {
  readonly #constants: ConstantTensors
  readonly #batch: BatchTensors

  constructor(constants: ConstantTensors, batch: BatchTensors) {
    this.#constants = constants
    this.#batch = batch
  }

  constant(value: number): tf.Tensor {
    return this.#constants.number(value)
  }

  classVector(values: Float64Array): tf.Tensor {
    return this.#constants.vector(values)
  }

  input(name: string): tf.Tensor {
    return this.#batch.inputs[name]!
  }

  size(axis: Axis): tf.Tensor {
    return this.#constants.number(axis === 'batch' ? this.#batch.batchSize : this.#batch.classCount)
  }

  unary(kind: Exclude<UnaryKind, 'stopGradient'>, operand: tf.Tensor): tf.Tensor {
    switch (kind) {
      case 'negate':
        return tf.neg(operand)
      case 'exp':
        return tf.exp(operand)
      case 'log':
        return tf.log(operand)
      case 'sigmoid':
        return tf.sigmoid(operand)
      case 'expm1':
        return expm1(operand)
      case 'softplus':
        // Near x = −14 webgl and webgpu are off by 6 % of a value of 1e-6: an absolute error of a rounding of 1.
        return tf.softplus(operand)
    }
  }

  power(operand: tf.Tensor, exponent: number): tf.Tensor {
    if (exponent === 2) return tf.square(operand)
    if (exponent === 0.5) return tf.sqrt(operand)
    return tf.pow(operand, this.constant(exponent))
  }

  binary(kind: BinaryKind, left: tf.Tensor, right: tf.Tensor): tf.Tensor {
    switch (kind) {
      case 'add':
        return tf.add(...this.#together(left, right))
      case 'subtract':
        return tf.sub(...this.#together(left, right))
      case 'multiply':
        return tf.mul(...this.#together(left, right))
      case 'divide':
        return tf.div(...this.#together(left, right))
      case 'minimum':
        return tf.minimum(...this.#spread(left, right))
      case 'maximum':
        if (this.#constants.isZero(right)) return tf.relu(left)
        return tf.maximum(...this.#spread(left, right))
    }
  }

  less(left: tf.Tensor, right: tf.Tensor): tf.Tensor {
    return tf.less(...this.#spread(left, right))
  }

  select(condition: tf.Tensor, whenTrue: tf.Tensor, whenFalse: tf.Tensor): tf.Tensor {
    return tf.where(...this.#spread(condition, whenTrue, whenFalse))
  }

  /** Operands of arithmetic. All backends broadcast it well, but for cpu, where it takes four times as long. */
  #together(left: tf.Tensor, right: tf.Tensor): [tf.Tensor, tf.Tensor] {
    if (tf.getBackend() !== 'cpu') return [left, right]
    const shape = commonShape([left, right])
    // Most operands are whole already, and broadcastTo would still run a kernel for each.
    const whole = this.#spread(left, right).map((operand) =>
      tf.util.arraysEqual(operand.shape, shape) ? operand : tf.broadcastTo(operand, shape),
    )
    return whole as [tf.Tensor, tf.Tensor]
  }

  /** The constants among the operands as whole matrices: these operations take ten times as long when they broadcast. */
  #spread<Operands extends tf.Tensor[]>(...operands: Operands): Operands {
    const shape = commonShape(operands)
    return operands.map((operand) => this.#constants.spread(operand, shape)) as Operands
  }

  reduce(kind: ReductionKind, operand: tf.Tensor, axis: Axis): tf.Tensor {
    return kind === 'sum' ? tf.sum(operand, AXES[axis], true) : tf.max(operand, AXES[axis], true)
  }
}

/** The shape of a tensor of this extent. */
export function tensorShape(extent: Extent, { batchSize, classCount }: Omit<BatchTensors, 'inputs'>): [number, number] {
  return [extent.batch ? batchSize : 1, extent.classes ? classCount : 1]
}

const commonShape = (operands: readonly tf.Tensor[]): [number, number] => [
  Math.max(...operands.map(({ shape }) => shape[0]!)),
  Math.max(...operands.map(({ shape }) => shape[1]!)),
]
