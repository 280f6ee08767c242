import { type GradientRule, rule } from '../gradient-rule.ts'

/** Each arm gets the gradient where it was selected. */
const where = rule((node, nodes) => {
  const { gradient } = node
  const condition = node.input(0).name
  const { shape } = node.output()
  return [
    undefined,
    () => nodes.sumTo(nodes.select(condition, gradient), shape, node.input(1).shape),
    () => nodes.sumTo(nodes.select(condition, undefined, gradient), shape, node.input(2).shape),
  ]
})

export const whereRules: Readonly<Record<string, GradientRule>> = { Where: where }
