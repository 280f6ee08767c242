import { type GradientRule, rule } from '../gradient-rule.ts'
import { axesOf } from '../shapes.ts'

/** The gradient is transposed by the inverse permutation; without one the axes are reversed. */
const transpose = rule((node, nodes) => {
  const axes = axesOf(node.input(0).shape)
  const permutation = node.integersAttribute('perm') ?? axes.toReversed()
  return [
    () =>
      nodes.transpose(
        node.gradient,
        axes.map((axis) => permutation.indexOf(axis)),
      ),
  ]
})

export const transposeRules: Readonly<Record<string, GradientRule>> = { Transpose: transpose }
