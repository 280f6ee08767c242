import { type GradientRule, rule } from '../gradient-rule.ts'

/** Between equal types; what is differentiated by has the precision of the gradients, so every value on the way has it. */
const cast = rule((node, nodes) => [
  () => {
    if (node.integerAttribute('to') === nodes.elementType) return node.gradient
    throw node.refusal('it changes the precision of values that are trained through', 'one precision throughout')
  },
])

export const castRules: Readonly<Record<string, GradientRule>> = { Cast: cast }
