import { alongChannels, channelSums } from '../channels.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'
import { once } from '../once.ts'
import { inverseDeviation } from '../standardization.ts'

/** y = (x − mean) r scale + bias with r = 1 / √(variance + ε); the statistics are constants. */
const batchNormalization = rule((node, nodes) => {
  // Before opset 14 further outputs stood for training.
  if (node.integerAttribute('training_mode') === 1 || node.outputCount > 1) {
    throw node.refusal('it is in training mode', 'training_mode 0')
  }
  const { gradient } = node
  const { name: x, shape } = node.input(0)
  const inverse = once(() => inverseDeviation(nodes, node.input(4).name, node.floatAttribute('epsilon') ?? 1e-5))
  return [
    () => nodes.multiply(gradient, alongChannels(nodes, nodes.multiply(node.input(1).name, inverse()), shape)),
    () => {
      const centred = nodes.subtract(x, alongChannels(nodes, node.input(3).name, shape))
      return nodes.multiply(channelSums(nodes, nodes.multiply(gradient, centred), shape), inverse())
    },
    () => channelSums(nodes, gradient, shape),
  ]
})

export const batchNormalizationRules: Readonly<Record<string, GradientRule>> = {
  BatchNormalization: batchNormalization,
}
