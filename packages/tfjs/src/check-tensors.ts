import { DblossError, type Loss } from '@dbloss/core'
import type * as tf from '@tensorflow/tfjs-core'
import { tensorShape } from './primitives.ts'

/** The further inputs of a loss by name: tensors of rank 2, or row-major numbers. */
export type LossInputs = Readonly<Record<string, tf.Tensor | Float32Array | Float64Array>>

/**
 * Checks shapes and types, which are known without waiting for the device; values are not looked at.
 *
 * @throws DblossError `shape` or `argument`; the message names the tensor.
 */
export function checkTensors(
  loss: Loss,
  labels: tf.Tensor,
  logits: tf.Tensor,
  inputs: LossInputs,
): { readonly batchSize: number; readonly classCount: number } {
  for (const [name, { shape }] of Object.entries({ labels, logits })) {
    if (shape.length !== 2) {
      const message = `${name} has rank ${shape.length}; expected [batch size, classes]${hint(name, shape)}`
      throw shapeError(name, shape, '[batch size, classes]', message)
    }
  }
  const [batchSize, classCount] = logits.shape as [number, number]
  const [rows, columns] = labels.shape as [number, number]
  if (loss.classCount !== undefined && classCount !== loss.classCount) {
    const message = `logits has ${classCount} columns but the statistics describe ${loss.classCount} classes`
    throw shapeError('logits', logits.shape, `${loss.classCount} columns`, message)
  }
  if (rows !== batchSize || columns !== classCount) {
    const message = `labels is [${labels.shape}] but logits is [${logits.shape}]`
    throw shapeError('labels', labels.shape, `[${logits.shape}]`, message)
  }
  if (logits.dtype !== 'float32') {
    throw new DblossError('argument', `logits is ${logits.dtype}; expected float32, the raw scores of a linear layer`, {
      argument: 'logits',
      found: logits.dtype,
      expected: 'float32',
    })
  }
  for (const [name, extent] of Object.entries(loss.inputs)) {
    const expected = tensorShape(extent, { batchSize, classCount })
    const given = inputs[name]
    const problem = problemOfInput(given, expected)
    if (problem !== undefined) {
      const found = ArrayBuffer.isView(given) ? [given.length] : given?.shape
      const message = `input '${name}' of ${loss.name} ${problem}; expected [${expected}]`
      throw shapeError(name, found, `[${expected}]`, message)
    }
  }
  return { batchSize, classCount }
}

function problemOfInput(given: LossInputs[string] | undefined, [rows, columns]: [number, number]): string | undefined {
  if (given === undefined) return 'is missing'
  if (ArrayBuffer.isView(given)) return given.length === rows * columns ? undefined : `has ${given.length} values`
  const { shape } = given
  return shape.length === 2 && shape[0] === rows && shape[1] === columns ? undefined : `is [${shape}]`
}

function hint(name: string, shape: readonly number[]): string {
  return name === 'labels' && shape.length === 1
    ? '. Lists of class indices have to become rows of 0 and 1 first, for example with tf.oneHot'
    : ''
}

function shapeError(
  argument: string,
  found: readonly number[] | undefined,
  expected: string,
  message: string,
): DblossError {
  return new DblossError('shape', message, { argument, found, expected })
}
