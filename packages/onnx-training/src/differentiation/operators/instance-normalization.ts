import { alongChannels, channelSums } from '../channels.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'
import { axesOf } from '../shapes.ts'
import { standardize } from '../standardization.ts'

/** y = x̂ scale + bias, x̂ standardized over the spatial axes. */
const instanceNormalization = rule((node, nodes) => {
  const { gradient } = node
  const { name: x, shape } = node.input(0)
  const epsilon = node.floatAttribute('epsilon') ?? 1e-5
  const { standardized, inputGradient } = standardize(nodes, x, axesOf(shape).slice(2), epsilon)
  return [
    () => inputGradient(nodes.multiply(gradient, alongChannels(nodes, node.input(1).name, shape))),
    () => channelSums(nodes, nodes.multiply(gradient, standardized()), shape),
    () => channelSums(nodes, gradient, shape),
  ]
})

export const instanceNormalizationRules: Readonly<Record<string, GradientRule>> = {
  InstanceNormalization: instanceNormalization,
}
