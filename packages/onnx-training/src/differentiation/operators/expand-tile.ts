import { type GradientRule, rule } from '../gradient-rule.ts'
import { type AxisSize, sameSize } from '../shapes.ts'

/** The sum over the copies. */
const expand = rule((node, nodes) => [() => nodes.sumTo(node.gradient, node.output().shape, node.input(0).shape)])

/** The sum over the copies: each axis that was repeated is seen as [copies, size]. */
const tile = rule((node, nodes) => [
  () => {
    const { shape } = node.input(0)
    const tiled = node.output().shape
    const copyAxes: number[] = []
    const view: AxisSize[] = []
    shape.forEach((size, axis) => {
      if (!sameSize(size, tiled[axis]!)) copyAxes.push(view.push(copies(tiled[axis]!, size)) - 1)
      view.push(size)
    })
    return nodes.sum(nodes.reshape(node.gradient, view), copyAxes, false)
  },
])

/** How often a size is repeated to give another. */
function copies(whole: AxisSize, size: AxisSize): AxisSize {
  if (typeof size !== 'number') return (whole as { readonly perSample: number }).perSample / size.perSample
  return typeof whole === 'number' ? whole / size : { perSample: whole.perSample / size }
}

export const expandTileRules: Readonly<Record<string, GradientRule>> = { Expand: expand, Tile: tile }
