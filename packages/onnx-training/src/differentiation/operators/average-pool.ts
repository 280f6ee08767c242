import { type GradientRule, rule } from '../gradient-rule.ts'
import { poolingAxes, spreadOverWindows } from '../pooling.ts'
import { elementCountOf, fixedSize } from '../shapes.ts'
import type { WindowAxis } from '../windows.ts'

/** Each element of a window gets the gradient of the mean, divided by the number of elements that the mean counted. */
const averagePool = rule((node, nodes) => {
  const { gradient } = node
  return [
    () => {
      const axes = poolingAxes(node)
      const counts = countedElements(axes, node.integerAttribute('count_include_pad') === 1)
      const shares = counts.every((count) => count === counts[0])
        ? nodes.scale(gradient, 1 / counts[0]!)
        : nodes.divide(gradient, nodes.constant(counts, [1, 1, ...axes.map(({ count }) => count)]))
      const ones = Array<number>(axes.reduce((product, { kernel }) => product * kernel, 1)).fill(1)
      return spreadOverWindows(node, nodes, shares, axes, ones)
    },
  ]
})

/** How many elements each window counts, in row-major order; what lies beyond the padding is never counted. */
function countedElements(axes: readonly WindowAxis[], includePadding: boolean): number[] {
  let counts = [1]
  for (const axis of axes) {
    const along = Array.from({ length: axis.count }, (_, window) => countedAlong(axis, window, includePadding))
    counts = counts.flatMap((count) => along.map((each) => count * each))
  }
  return counts
}

function countedAlong(axis: WindowAxis, window: number, includePadding: boolean): number {
  const [first, end] = includePadding ? [-axis.before, axis.size + axis.after] : [0, axis.size]
  const start = window * axis.stride - axis.before
  const positions = Array.from({ length: axis.kernel }, (_, index) => start + index * axis.dilation)
  return positions.filter((position) => position >= first && position < end).length
}

/** Every element gets the same share of the gradient. */
const globalAveragePool = rule((node, nodes) => {
  const { gradient } = node
  const x = node.input(0)
  const count = fixedSize(elementCountOf(x.shape.slice(2)), `the spatial axes of ${node.description}`)
  return [() => nodes.broadcastTo(nodes.scale(gradient, 1 / count), node.output().shape, x)]
})

export const averagePoolRules: Readonly<Record<string, GradientRule>> = {
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
}
