import { type GradientRule, rule } from '../gradient-rule.ts'

/** The order of the elements stays: the gradient takes the shape of the operand. */
const reshape = rule((node, nodes) => [() => nodes.reshape(node.gradient, node.input(0).shape)])

export const reshapingRules: Readonly<Record<string, GradientRule>> = {
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
}
