import type { ForwardNode } from './forward-node.ts'
import type { AxisRange, GradientNodes } from './gradient-nodes.ts'
import { fixedSize, type ValueShape } from './shapes.ts'

/** How the windows of a convolution or a pooling lie along a spatial axis. */
export interface WindowAxis {
  /** The size of the axis that the windows lie on, without padding. */
  readonly size: number
  /** How many windows there are. */
  readonly count: number
  /** How many elements a window takes. */
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  /** The padding in front of the first element. */
  readonly before: number
  /** The padding behind the last element, as the node declares it; the last window need not reach so far, or reaches further. */
  readonly after: number
}

/**
 * The windows of a node along its spatial axes.
 *
 * @param sizes - the spatial sizes that the windows lie on.
 * @param counts - how many windows there are along each axis.
 */
export function windowAxes(
  node: ForwardNode,
  kernel: readonly number[],
  sizes: ValueShape,
  counts: ValueShape,
): WindowAxis[] {
  const strides = node.integersAttribute('strides')
  const dilations = node.integersAttribute('dilations')
  return kernel.map((elements, axis) => {
    const window = {
      size: fixedSize(sizes[axis]!, `spatial axis ${axis} of ${node.description}`),
      count: fixedSize(counts[axis]!, `spatial axis ${axis} of ${node.description}`),
      kernel: elements,
      stride: strides?.[axis] ?? 1,
      dilation: dilations?.[axis] ?? 1,
    }
    const [before, after] = paddingOf(node, axis, kernel.length, reach(window) - window.size)
    return { ...window, before, after }
  })
}

/** @param missing - by how much the windows reach beyond the axis, if they start with it. */
function paddingOf(node: ForwardNode, axis: number, axisCount: number, missing: number): readonly [number, number] {
  const mode = node.stringAttribute('auto_pad') ?? 'NOTSET'
  const pads = node.integersAttribute('pads')
  const total = Math.max(missing, 0)
  const half = Math.floor(total / 2)
  switch (mode) {
    case 'NOTSET':
      return [pads?.[axis] ?? 0, pads?.[axisCount + axis] ?? 0]
    case 'VALID':
      return [0, 0]
    case 'SAME_UPPER':
      return [half, total - half]
    case 'SAME_LOWER':
      return [total - half, half]
    default:
      throw node.refusal(`its auto_pad is '${mode}'`, 'NOTSET, VALID, SAME_UPPER or SAME_LOWER')
  }
}

/** How far a window reaches beyond its first element. */
export function extent({ kernel, dilation }: Pick<WindowAxis, 'kernel' | 'dilation'>): number {
  return dilation * (kernel - 1)
}

/** How many elements, padding included, lie between the start of the first window and the end of the last. */
function reach(axis: Omit<WindowAxis, 'before' | 'after'>): number {
  return (axis.count - 1) * axis.stride + extent(axis) + 1
}

/** How far the last window reaches beyond the last element; negative where elements lie behind it. */
export function overhang(axis: WindowAxis): number {
  return reach(axis) - axis.before - axis.size
}

/** The padding that the windows need in front of and behind each spatial axis. */
export function neededPadding(axes: readonly WindowAxis[]): { readonly before: number[]; readonly after: number[] } {
  return { before: axes.map(({ before }) => before), after: axes.map((axis) => Math.max(0, overhang(axis))) }
}

/**
 * Splits windows into their elements: the first element of every window, the second of every window and so on.
 *
 * @param padded - [batch, channels, …], with {@link neededPadding}.
 * @returns values of shape [batch, channels, …counts], one for each element of the kernel in row-major order.
 */
export function windowTaps(nodes: GradientNodes, padded: string, axes: readonly WindowAxis[]): string[] {
  return kernelPositions(axes).map((position) =>
    nodes.slice(
      padded,
      axes.flatMap((axis, index): AxisRange[] => {
        const start = position[index]! * axis.dilation
        const end = start + (axis.count - 1) * axis.stride + 1
        const whole = start === 0 && axis.stride === 1 && end >= axis.before + axis.size + Math.max(0, overhang(axis))
        return whole ? [] : [{ axis: index + 2, start, end, step: axis.stride }]
      }),
    ),
  )
}

function kernelPositions(axes: readonly WindowAxis[]): number[][] {
  let positions: number[][] = [[]]
  for (const { kernel } of axes) {
    positions = positions.flatMap((position) => Array.from({ length: kernel }, (_, index) => [...position, index]))
  }
  return positions
}
