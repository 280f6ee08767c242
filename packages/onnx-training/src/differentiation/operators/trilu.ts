import { type GradientRule, rule } from '../gradient-rule.ts'

/** The gradient of the triangle that was kept. */
const trilu = rule((node, nodes) => {
  const diagonal = node.hasInput(1) ? [node.input(1).name] : []
  return [() => nodes.node('Trilu', [node.gradient, ...diagonal], { upper: node.integerAttribute('upper') ?? 1 })]
})

export const triluRules: Readonly<Record<string, GradientRule>> = { Trilu: trilu }
