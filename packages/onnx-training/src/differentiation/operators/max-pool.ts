import type { GradientNodes } from '../gradient-nodes.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'
import { poolingAxes, spreadOverWindows } from '../pooling.ts'
import { elementCountOf, fixedSize } from '../shapes.ts'
import { neededPadding, windowTaps } from '../windows.ts'

/** Less than what padding could win against; finite, so that no runtime makes NaN of it. */
const LOWEST = -3.4e38

/** Each window gives its gradient to its largest element, to the first of equal ones (as PyTorch does). */
const maxPool = rule((node, nodes) => {
  const { gradient } = node
  const [x, output] = [node.input(0), node.output()]
  return [
    () => {
      const axes = poolingAxes(node)
      const { before, after } = neededPadding(axes)
      const padding = nodes.integers([0, 0, ...before, 0, 0, ...after])
      const padded = nodes.node('Pad', [x.name, padding, nodes.scalar(LOWEST)])
      const taps = windowTaps(nodes, padded, axes).map((tap) => nodes.unsqueeze(tap, [2]))
      const isLargest = firstLargest(nodes, nodes.node('Concat', taps, { axis: 2 }), taps.length, axes.length)
      const [batch, channels, ...counts] = output.shape
      const maps = nodes.reshape(nodes.select(isLargest, nodes.unsqueeze(gradient, [2])), [
        batch!,
        elementCountOf([channels!, taps.length]),
        ...counts,
      ])
      return spreadOverWindows(node, nodes, maps, axes, identity(taps.length))
    },
  ]
})

/** The gradient goes to the first of the largest elements of a channel. */
const globalMaxPool = rule((node, nodes) => {
  const { gradient } = node
  const { name: x, shape } = node.input(0)
  const [batch, channels, ...sizes] = shape
  const positions = elementCountOf(sizes)
  const count = fixedSize(positions, `the spatial axes of ${node.description}`)
  return [
    () => {
      const flat = nodes.reshape(x, [batch!, channels!, positions])
      const isLargest = firstLargest(nodes, flat, count, 0)
      return nodes.reshape(nodes.select(isLargest, nodes.reshape(gradient, [batch!, channels!, 1])), shape)
    },
  ]
})

/** Where the third axis has its largest element, the first of equal ones; `axesBehind` axes follow it. */
function firstLargest(nodes: GradientNodes, operand: string, size: number, axesBehind: number): string {
  const largest = nodes.node('ArgMax', [operand], { axis: 2 })
  const range = nodes.graph.constant(
    BigInt64Array.from({ length: size }, (_, index) => BigInt(index)),
    [size, ...Array<number>(axesBehind).fill(1)],
  )
  return nodes.node('Equal', [largest, range])
}

/** [size, size] */
function identity(size: number): number[] {
  return Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0))
}

export const maxPoolRules: Readonly<Record<string, GradientRule>> = { MaxPool: maxPool, GlobalMaxPool: globalMaxPool }
