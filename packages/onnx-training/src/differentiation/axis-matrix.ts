import type { GradientNodes } from './gradient-nodes.ts'
import { type AxisSize, elementCountOf, type ValueShape } from './shapes.ts'

/** A value as three axes: those before an axis (or several that count as one), that axis, those after it. */
export interface AxisView {
  readonly before: ValueShape
  readonly size: AxisSize
  readonly after: ValueShape
}

/**
 * Multiplies the vectors along an axis by a matrix. With a matrix of 0 and 1 it sums the gradients of copies where they came
 * from.
 *
 * @param matrix - [n, m]
 * @param operand - of the shape that the view describes, with m along the axis.
 * @returns a value of shape [elements before, n, elements after].
 */
export function multiplyAlongAxis(
  nodes: GradientNodes,
  matrix: string,
  operand: string,
  { before, size, after }: AxisView,
): string {
  const flat = nodes.reshape(operand, [elementCountOf(before), size, elementCountOf(after)])
  return nodes.node('MatMul', [matrix, flat])
}
