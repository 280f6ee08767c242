import type { GradientNodes } from '../gradient-nodes.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'

/**
 * ∂xᵖ/∂x = p xᵖ⁻¹ and ∂xᵖ/∂p = xᵖ log x. At base 0 as in PyTorch: the first is finite for p ≥ 1 and 0 for p = 0, the second
 * 0 for p ≥ 0.
 */
const pow = rule((node, nodes) => {
  const { gradient } = node
  const [x, p, y] = [node.input(0), node.input(1), node.output()]
  return [
    () => {
      const constants = node.constantNumbers(1)
      const derivative =
        constants?.length === 1
          ? constantPowerDerivative(nodes, x.name, constants[0]!)
          : powerDerivative(nodes, x.name, nodes.cast(p.name))
      return nodes.sumTo(nodes.multiply(gradient, derivative), y.shape, x.shape)
    },
    () => {
      const zero = nodes.scalar(0)
      const staysZero = [nodes.node('Equal', [x.name, zero]), nodes.node('GreaterOrEqual', [p.name, zero])]
      const derivative = nodes.multiply(y.name, nodes.node('Log', [x.name]))
      const finite = nodes.select(nodes.node('And', staysZero), undefined, derivative)
      return nodes.sumTo(nodes.multiply(gradient, finite), y.shape, p.shape)
    },
  ]
})

/** p xᵖ⁻¹, but 0 where p = 0: x⁻¹ may be infinite. */
function powerDerivative(nodes: GradientNodes, x: string, p: string): string {
  const derivative = nodes.multiply(p, nodes.node('Pow', [x, nodes.subtract(p, nodes.scalar(1))]))
  return nodes.select(nodes.node('Equal', [p, nodes.scalar(0)]), undefined, derivative)
}

/** Squares and cubes, which are everywhere, without a power. */
function constantPowerDerivative(nodes: GradientNodes, x: string, p: number): string {
  if (p === 0 || p === 1) return nodes.scalar(p)
  if (p === 2) return nodes.scale(x, 2)
  if (p === 3) return nodes.scale(nodes.square(x), 3)
  return nodes.scale(nodes.node('Pow', [x, nodes.scalar(p - 1)]), p)
}

export const powRules: Readonly<Record<string, GradientRule>> = { Pow: pow }
