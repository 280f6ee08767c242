import type { ForwardNode } from '../forward-node.ts'
import type { GradientNodes } from '../gradient-nodes.ts'
import type { GradientRule } from '../gradient-rule.ts'
import { type AxisSize, axesOf, fixedSize, positiveAxis, sameSize, type ValueShape } from '../shapes.ts'

/** Which elements of an axis are taken: `start + step · i` for i < count. */
interface SlicedAxis {
  readonly axis: number
  readonly start: number
  readonly step: number
  readonly count: AxisSize
  readonly size: AxisSize
}

/** The gradient, turned round where the step is negative, with zeros for the elements that were not taken. */
const slice: GradientRule = {
  // The ends follow from the sizes.
  settledInputs: [1, 3, 4],
  gradients: (node, nodes) => [() => unslice(node, nodes)],
}

function unslice(node: ForwardNode, nodes: GradientNodes): string {
  const sliced = slicedAxes(node)
  const rank = node.output().shape.length
  const before = Array<number>(rank).fill(0)
  const after = Array<number>(rank).fill(0)
  let shape = node.output().shape
  let gradient = nodes.slice(
    node.gradient,
    sliced
      .filter(({ step }) => step < 0)
      .map(({ axis }) => ({ axis, start: -1, end: Number.MIN_SAFE_INTEGER, step: -1 })),
  )
  for (const { axis, start, step, count, size } of sliced) {
    if (sameSize(count, size)) continue
    const what = `axis ${axis} of ${node.description}`
    const [taken, whole, stride] = [fixedSize(count, what), fixedSize(size, what), Math.abs(step)]
    const from = firstIndex(start, whole, step)
    const first = step < 0 ? from + step * (taken - 1) : from
    if (stride > 1) {
      gradient = spread(nodes, gradient, shape, axis, stride)
      const spreadSize = Math.min(taken * stride, whole - first)
      // Zeros that would reach beyond the axis.
      if (spreadSize < taken * stride) gradient = nodes.slice(gradient, [{ axis, start: 0, end: spreadSize }])
      shape = shape.with(axis, spreadSize)
    }
    before[axis] = first
    after[axis] = whole - first - (shape[axis] as number)
  }
  return nodes.pad(gradient, before, after)
}

function slicedAxes(node: ForwardNode): SlicedAxis[] {
  const { shape } = node.input(0)
  const starts = node.integers(1)!
  const axes = node.integers(3) ?? axesOf(shape).slice(0, starts.length)
  const steps = node.integers(4)
  return axes.map((given, index) => {
    const axis = positiveAxis(given, shape.length)
    return {
      axis,
      start: starts[index]!,
      step: steps?.[index] ?? 1,
      count: node.output().shape[axis]!,
      size: shape[axis]!,
    }
  })
}

/** Negative starts count from the end; starts beyond an end mean the end. */
function firstIndex(start: number, size: number, step: number): number {
  const fromFront = start < 0 ? start + size : start
  return Math.max(0, Math.min(fromFront, step < 0 ? size - 1 : size))
}

/** Puts `stride` − 1 zeros after each element of an axis. */
function spread(nodes: GradientNodes, operand: string, shape: ValueShape, axis: number, stride: number): string {
  const apart = nodes.unsqueeze(operand, [axis + 1])
  const spaced = nodes.padAxis(apart, shape.length + 1, axis + 1, 0, stride - 1)
  return nodes.reshape(spaced, shape.with(axis, (shape[axis] as number) * stride))
}

export const sliceRules: Readonly<Record<string, GradientRule>> = { Slice: slice }
