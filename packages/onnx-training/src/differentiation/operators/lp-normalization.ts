import { type GradientRule, rule } from '../gradient-rule.ts'

/**
 * y = x / n with n = Σ |x| or n = √Σ x²: ∂x = (∂y − n′ Σ ∂y y) / n with n′ = sign(x) or y. Vectors of zeros, whose y are
 * zeros, have a gradient of zeros.
 */
const lpNormalization = rule((node, nodes) => {
  const { gradient } = node
  const [x, y] = [node.input(0).name, node.output().name]
  const axes = [node.integerAttribute('axis') ?? -1]
  const p = node.integerAttribute('p') ?? 2
  return [
    () => {
      const norm = nodes.graph.reduce(p === 1 ? 'ReduceL1' : 'ReduceL2', x, axes)
      const normGradient = p === 1 ? nodes.node('Sign', [x]) : y
      const along = nodes.multiply(normGradient, nodes.sum(nodes.multiply(gradient, y), axes))
      const isZero = nodes.node('Equal', [norm, nodes.scalar(0)])
      return nodes.select(isZero, undefined, nodes.divide(nodes.subtract(gradient, along), norm))
    },
  ]
})

export const lpNormalizationRules: Readonly<Record<string, GradientRule>> = { LpNormalization: lpNormalization }
