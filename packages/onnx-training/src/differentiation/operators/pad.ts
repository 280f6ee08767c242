import { multiplyAlongAxis } from '../axis-matrix.ts'
import type { ForwardNode } from '../forward-node.ts'
import type { GradientNodes } from '../gradient-nodes.ts'
import type { GradientRule } from '../gradient-rule.ts'
import { axesOf, fixedSize, positiveAxis } from '../shapes.ts'

interface Padding {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/** What was added is cut off again; copies of elements (reflect, edge, wrap) add their gradients to those of the elements. */
const pad: GradientRule = {
  settledInputs: [1, 3],
  gradients: (node, nodes) => {
    const mode = node.stringAttribute('mode') ?? 'constant'
    return [
      () => (mode === 'constant' ? cut(node, nodes) : foldBack(node, nodes, mode)),
      undefined,
      () => {
        throw node.refusal('the number that it pads with is trained or computed', 'a constant')
      },
    ]
  },
}

function paddingOf(node: ForwardNode): Padding {
  const rank = node.input(0).shape.length
  const pads = node.integers(1)!
  const axes = node.integers(3)?.map((axis) => positiveAxis(axis, rank)) ?? axesOf(node.input(0).shape)
  const along = (offset: number): number[] =>
    axesOf(node.input(0).shape).map((axis) => (axes.includes(axis) ? pads[offset + axes.indexOf(axis)]! : 0))
  return { before: along(0), after: along(axes.length) }
}

/** Negative paddings took away: they are padded with zeros. */
function cut(node: ForwardNode, nodes: GradientNodes): string {
  const { before, after } = paddingOf(node)
  const ranges = axesOf(node.input(0).shape)
    .filter((axis) => before[axis]! > 0 || after[axis]! > 0)
    .map((axis) => ({
      axis,
      start: Math.max(0, before[axis]!),
      end: after[axis]! > 0 ? -after[axis]! : Number.MAX_SAFE_INTEGER,
    }))
  const lost = (counts: readonly number[]): number[] => counts.map((count) => Math.max(0, -count))
  return nodes.pad(nodes.slice(node.gradient, ranges), lost(before), lost(after))
}

/** Which element of an axis of some size a position, counted from the first element, shows. */
type Source = (position: number, size: number) => number

const sources: Readonly<Record<string, Source>> = {
  edge: (position, size) => Math.max(0, Math.min(position, size - 1)),
  reflect: (position, size) => size - 1 - Math.abs(size - 1 - Math.abs(position)),
  wrap: (position, size) => (position + size) % size,
}

/** Along each axis, the product with the matrix [size, padded size] that is 1 where an element is shown. */
function foldBack(node: ForwardNode, nodes: GradientNodes, mode: string): string {
  const source = sources[mode]
  if (source === undefined) throw node.refusal(`its mode is '${mode}'`, `constant, ${Object.keys(sources).join(', ')}`)
  const { before, after } = paddingOf(node)
  let { gradient } = node
  let shape = node.output().shape
  for (const axis of axesOf(shape).filter((each) => before[each] !== 0 || after[each] !== 0)) {
    const size = fixedSize(node.input(0).shape[axis]!, `axis ${axis} of ${node.description}`)
    const padded = before[axis]! + size + after[axis]!
    const most = mode === 'edge' ? Number.POSITIVE_INFINITY : size - 1
    if (Math.min(before[axis]!, after[axis]!) < 0 || Math.max(before[axis]!, after[axis]!) > most) {
      const found = `its pads along axis ${axis}, which has ${size} elements, are ${before[axis]} and ${after[axis]}`
      throw node.refusal(found, `0 to ${most} in mode ${mode}`)
    }
    const matrix = new Float64Array(size * padded)
    for (let position = 0; position < padded; position++) {
      matrix[source(position - before[axis]!, size) * padded + position] = 1
    }
    const view = { before: shape.slice(0, axis), size: padded, after: shape.slice(axis + 1) }
    gradient = multiplyAlongAxis(nodes, nodes.constant(matrix, [size, padded]), gradient, view)
    shape = shape.with(axis, size)
    gradient = nodes.reshape(gradient, shape)
  }
  return gradient
}

export const padRules: Readonly<Record<string, GradientRule>> = { Pad: pad }
