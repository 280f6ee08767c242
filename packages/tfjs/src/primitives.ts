import type { Axis, BinaryKind, Extent, PrimitiveTable, ReductionKind, UnaryKind } from '@dbloss/core'
import * as tf from '@tensorflow/tfjs-core'
import type { ConstantTensors } from './constant-tensors.ts'
import { logistic } from './logistic.ts'

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
        return logistic().expm1(operand)
      case 'softplus':
        return logistic().softplus(operand)
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
        return tf.add(left, right)
      case 'subtract':
        return tf.sub(left, right)
      case 'multiply':
        return tf.mul(left, right)
      case 'divide':
        return tf.div(left, right)
      case 'minimum':
        return tf.minimum(left, right)
      case 'maximum':
        return tf.maximum(left, right)
    }
  }

  less(left: tf.Tensor, right: tf.Tensor): tf.Tensor {
    return tf.less(left, right)
  }

  select(condition: tf.Tensor, whenTrue: tf.Tensor, whenFalse: tf.Tensor): tf.Tensor {
    return tf.where(condition, whenTrue, whenFalse)
  }

  reduce(kind: ReductionKind, operand: tf.Tensor, axis: Axis): tf.Tensor {
    return kind === 'sum' ? tf.sum(operand, AXES[axis], true) : tf.max(operand, AXES[axis], true)
  }
}

/** The shape of a tensor of this extent. */
export function tensorShape(extent: Extent, { batchSize, classCount }: Omit<BatchTensors, 'inputs'>): [number, number] {
  return [extent.batch ? batchSize : 1, extent.classes ? classCount : 1]
}
