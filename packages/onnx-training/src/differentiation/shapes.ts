import { DblossError } from '@dbloss/core'

/** A size that grows with the batch: `perSample · batchSize`. */
export interface PerSample {
  readonly perSample: number
}

/** The size of a value along an axis: a number, or one that grows with the batch. */
export type AxisSize = number | PerSample

/** The shape of a value for every batch size. */
export type ValueShape = readonly AxisSize[]

/** Whether two axes have the same size at every batch size. */
export function sameSize(left: AxisSize, right: AxisSize): boolean {
  return typeof left === 'number' || typeof right === 'number' ? left === right : left.perSample === right.perSample
}

/** Whether two values have the same shape at every batch size. */
export function sameShape(left: ValueShape, right: ValueShape): boolean {
  return left.length === right.length && left.every((size, axis) => sameSize(size, right[axis]!))
}

/**
 * An axis counted from the front.
 *
 * @param axis - from −rank on, as ONNX counts.
 */
export function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}

/** The axes of a shape, from the front. */
export function axesOf(shape: ValueShape): number[] {
  return shape.map((_, axis) => axis)
}

/**
 * A size that must not grow with the batch.
 *
 * @param what - names the size in the message.
 * @throws DblossError `model`.
 */
export function fixedSize(size: AxisSize, what: string): number {
  if (typeof size === 'number') return size
  throw new DblossError('model', `${what} grows with the batch; expected a size that is the same for every batch`, {
    argument: 'model',
    found: what,
    expected: 'a fixed size',
  })
}

/**
 * A shape for `Reshape`: the one axis that grows with the batch is left to be found.
 *
 * @throws DblossError `model` when several axes grow with the batch.
 */
export function reshapeTarget(shape: ValueShape): number[] {
  const growing = shape.filter((size) => typeof size !== 'number').length
  if (growing <= 1) return shape.map((size) => (typeof size === 'number' ? size : -1))
  throw new DblossError('model', `${growing} axes of a value grow with the batch; expected at most one`, {
    argument: 'model',
    found: growing,
    expected: 'at most one axis that grows with the batch',
  })
}

/** The number of elements of a sample, and whether there is one set of them or one a sample. */
export function elementCountOf(shape: ValueShape): AxisSize {
  let count = 1
  let grows = false
  for (const size of shape) {
    count *= typeof size === 'number' ? size : size.perSample
    grows ||= typeof size !== 'number'
  }
  return grows ? { perSample: count } : count
}

/** A shape at one batch size. */
export function sizesAt(shape: ValueShape, batchSize: number): number[] {
  return shape.map((size) => (typeof size === 'number' ? size : size.perSample * batchSize))
}
