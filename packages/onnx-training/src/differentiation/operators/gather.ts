import { DATA_TYPE } from '../../onnx/index.ts'
import { multiplyAlongAxis } from '../axis-matrix.ts'
import type { ForwardNode } from '../forward-node.ts'
import type { GradientNodes } from '../gradient-nodes.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'
import { elementCountOf, fixedSize, positiveAxis } from '../shapes.ts'

/** The gradients of the elements that were taken, summed where they came from; zeros elsewhere. */
const gather = rule((node, nodes) => {
  const { shape } = node.input(0)
  const axis = positiveAxis(node.integerAttribute('axis') ?? 0, shape.length)
  return [
    () => {
      const size = fixedSize(shape[axis]!, `axis ${axis} of ${node.description}`)
      const index = node.input(1).shape.length === 0 ? node.constantNumbers(1)?.[0] : undefined
      return index === undefined
        ? sumWhereTaken(node, nodes, axis, size)
        : padAround(node, nodes, axis, size, positiveAxis(index, size))
    },
  ]
})

function padAround(node: ForwardNode, nodes: GradientNodes, axis: number, size: number, index: number): string {
  const rank = node.input(0).shape.length
  return nodes.padAxis(nodes.unsqueeze(node.gradient, [axis]), rank, axis, index, size - 1 - index)
}

/** The product of the matrix [size, indices] that is 1 where the index is taken. */
function sumWhereTaken(node: ForwardNode, nodes: GradientNodes, axis: number, size: number): string {
  const [data, indices] = [node.input(0), node.input(1)]
  const places = nodes.integers(Array.from({ length: size }, (_, place) => place))
  const taken = nodes.node('Equal', [
    nodes.unsqueeze(places, [1]),
    nodes.reshape(wrapped(nodes, indices.name, size), [1, elementCountOf(indices.shape)]),
  ])
  const view = {
    before: data.shape.slice(0, axis),
    size: elementCountOf(indices.shape),
    after: data.shape.slice(axis + 1),
  }
  return nodes.reshape(multiplyAlongAxis(nodes, nodes.cast(taken), node.gradient, view), data.shape)
}

/** Negative indices count from the end; the remainder has the sign of the divisor. */
function wrapped(nodes: GradientNodes, indices: string, size: number): string {
  const wide = nodes.node('Cast', [indices], { to: DATA_TYPE.int64 })
  return nodes.node('Mod', [wide, nodes.integers(size)])
}

export const gatherRules: Readonly<Record<string, GradientRule>> = { Gather: gather }
