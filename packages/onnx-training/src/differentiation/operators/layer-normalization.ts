import { type GradientRule, rule } from '../gradient-rule.ts'
import { axesOf, positiveAxis } from '../shapes.ts'
import { standardize } from '../standardization.ts'

/** y = x̂ scale + bias, x̂ standardized over the axes from `axis` on. */
const layerNormalization = rule((node, nodes) => {
  if (node.outputGradient(1) !== undefined || node.outputGradient(2) !== undefined) {
    throw node.refusal('its mean or its deviation is used', 'only its first output to be used')
  }
  const { gradient } = node
  const [x, scale] = [node.input(0), node.input(1)]
  const axes = axesOf(x.shape).slice(positiveAxis(node.integerAttribute('axis') ?? -1, x.shape.length))
  const { standardized, inputGradient } = standardize(nodes, x.name, axes, node.floatAttribute('epsilon') ?? 1e-5)
  return [
    () => inputGradient(nodes.multiply(gradient, scale.name)),
    () => nodes.sumTo(nodes.multiply(gradient, standardized()), x.shape, scale.shape),
    () => nodes.sumTo(gradient, x.shape, node.input(2).shape),
  ]
})

export const layerNormalizationRules: Readonly<Record<string, GradientRule>> = {
  LayerNormalization: layerNormalization,
}
