import { type AttributeValue, DATA_TYPE, type GraphBuilder } from '../onnx/index.ts'
import { type GraphPrecision, precisions, toPrecision } from '../precision.ts'
import { type AxisSize, reshapeTarget, sameShape, sameSize, type ValueShape } from './shapes.ts'

/** A part of an axis, as `Slice` takes it. */
export interface AxisRange {
  readonly axis: number
  readonly start: number
  /** Exclusive. */
  readonly end: number
  /** Default 1. */
  readonly step?: number
}

/** Writes gradients: the operators that rules use, with what they need of shapes. Values are named, as in the builder. */
export class GradientNodes {
  readonly graph: GraphBuilder
  readonly #precision: GraphPrecision

  constructor(graph: GraphBuilder, precision: GraphPrecision) {
    this.graph = graph
    this.#precision = precision
  }

  /** The element type of gradients, by its number in the format. */
  get elementType(): number {
    return DATA_TYPE[precisions[this.#precision].element]
  }

  /** Any operator with one output. */
  node(operator: string, inputs: readonly string[], attributes?: Readonly<Record<string, AttributeValue>>): string {
    return this.graph.node(operator, inputs, attributes)
  }

  /** A constant number. */
  scalar(value: number): string {
    return this.constant([value], [])
  }

  /** A constant of the precision of the graph. */
  constant(values: ArrayLike<number>, shape: readonly number[]): string {
    return this.graph.constant(toPrecision(values, this.#precision), shape)
  }

  /** Constant integers. */
  integers(values: number | readonly number[]): string {
    return this.graph.integers(values)
  }

  add(left: string, right: string): string {
    return this.node('Add', [left, right])
  }

  subtract(left: string, right: string): string {
    return this.node('Sub', [left, right])
  }

  multiply(left: string, right: string): string {
    return this.node('Mul', [left, right])
  }

  divide(left: string, right: string): string {
    return this.node('Div', [left, right])
  }

  square(operand: string): string {
    return this.multiply(operand, operand)
  }

  negate(operand: string): string {
    return this.node('Neg', [operand])
  }

  /** `operand · factor` */
  scale(operand: string, factor: number): string {
    return factor === 1 ? operand : this.multiply(operand, this.scalar(factor))
  }

  /** `whenTrue` or `whenFalse`, by a condition; zero where one is left out. */
  select(condition: string, whenTrue?: string, whenFalse?: string): string {
    return this.node('Where', [condition, whenTrue ?? this.scalar(0), whenFalse ?? this.scalar(0)])
  }

  /** Integers in the precision of the graph; of a condition 1 and 0. */
  cast(operand: string): string {
    return this.node('Cast', [operand], { to: this.elementType })
  }

  sum(operand: string, axes: readonly number[], keepDimensions = true): string {
    return axes.length === 0 ? operand : this.graph.reduce('ReduceSum', operand, axes, { keepDimensions })
  }

  mean(operand: string, axes: readonly number[]): string {
    return this.graph.reduce('ReduceMean', operand, axes)
  }

  transpose(operand: string, permutation: readonly number[]): string {
    if (permutation.every((from, to) => from === to)) return operand
    return this.node('Transpose', [operand], { perm: permutation })
  }

  /** The last two axes of a value of that rank exchanged. */
  transposeMatrix(operand: string, rank: number): string {
    const permutation = Array.from({ length: rank }, (_, axis) => axis)
    return this.transpose(operand, [...permutation.slice(0, -2), rank - 1, rank - 2])
  }

  reshape(operand: string, shape: ValueShape): string {
    return this.node('Reshape', [operand, this.integers(reshapeTarget(shape))])
  }

  unsqueeze(operand: string, axes: readonly number[]): string {
    return axes.length === 0 ? operand : this.node('Unsqueeze', [operand, this.integers(axes)])
  }

  /** Undoes a broadcast: sums a gradient of shape `from` to the shape `to` of the operand that was broadcast. */
  sumTo(gradient: string, from: ValueShape, to: ValueShape): string {
    if (sameShape(from, to)) return gradient
    const added = from.length - to.length
    const axes = from.flatMap((size, axis) => (axis < added || !sameSize(size, to[axis - added]!) ? [axis] : []))
    const summed = this.sum(gradient, axes)
    return added === 0 ? summed : this.reshape(summed, to)
  }

  /**
   * Broadcasts a value to a shape; along axes that grow with the batch it must have that size already, or size 1.
   *
   * @param like - a value of that shape, which is asked for its shape where the batch axis is broadcast.
   */
  broadcastTo(operand: string, from: ValueShape, to: { readonly name: string; readonly shape: ValueShape }): string {
    if (sameShape(from, to.shape)) return operand
    const padded: ValueShape = [...Array<AxisSize>(to.shape.length - from.length).fill(1), ...from]
    const batchIsBroadcast = to.shape.some((size, axis) => typeof size !== 'number' && !sameSize(size, padded[axis]!))
    // Where the operand has the size of the batch already, 1 keeps it.
    const target = batchIsBroadcast
      ? this.node('Shape', [to.name])
      : this.integers(to.shape.map((size) => (typeof size === 'number' ? size : 1)))
    return this.node('Expand', [operand, target])
  }

  /** Zeros before and after along each axis; negative numbers take away. */
  pad(operand: string, before: readonly number[], after: readonly number[]): string {
    if ([...before, ...after].every((count) => count === 0)) return operand
    return this.node('Pad', [operand, this.integers([...before, ...after])])
  }

  /** Zeros before and after along one axis of a value of that rank. */
  padAxis(operand: string, rank: number, axis: number, before: number, after: number): string {
    const along = (count: number): number[] => Array.from({ length: rank }, (_, each) => (each === axis ? count : 0))
    return this.pad(operand, along(before), along(after))
  }

  slice(operand: string, ranges: readonly AxisRange[]): string {
    if (ranges.length === 0) return operand
    const column = (values: readonly number[]): string => this.integers(values)
    return this.node('Slice', [
      operand,
      column(ranges.map(({ start }) => start)),
      column(ranges.map(({ end }) => end)),
      column(ranges.map(({ axis }) => axis)),
      column(ranges.map(({ step = 1 }) => step)),
    ])
  }
}
