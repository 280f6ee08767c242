import { type GradientRule, rule } from '../gradient-rule.ts'

/** g for x > 0, else g slope; by the slope g x where x ≤ 0. */
const prelu = rule((node, nodes) => {
  const { gradient } = node
  const [x, slope] = [node.input(0), node.input(1)]
  const isPositive = nodes.node('Greater', [x.name, nodes.scalar(0)])
  return [
    () => nodes.select(isPositive, gradient, nodes.multiply(gradient, slope.name)),
    () => {
      const product = nodes.multiply(gradient, x.name)
      return nodes.sumTo(nodes.select(isPositive, undefined, product), x.shape, slope.shape)
    },
  ]
})

export const preluRules: Readonly<Record<string, GradientRule>> = { PRelu: prelu }
