import { type GradientRule, rule } from '../gradient-rule.ts'
import { once } from '../once.ts'
import { elementCountOf, fixedSize, type ValueShape } from '../shapes.ts'
import { standardize } from '../standardization.ts'

/** y = x̂ scale + bias, x̂ standardized over the channels of a group and the spatial axes. */
const groupNormalization = rule((node, nodes) => {
  const [x, scale] = [node.input(0), node.input(1)]
  const groups = node.integerAttribute('num_groups') ?? 1
  const perGroup = fixedSize(x.shape[1]!, `the channel axis of ${node.description}`) / groups
  const shape: ValueShape = [x.shape[0]!, groups, perGroup, elementCountOf(x.shape.slice(2))]
  // Scale and bias: one a group in opset 18, one a channel since 21.
  const parameters = fixedSize(scale.shape[0]!, `the scale of ${node.description}`)
  const parameterShape: ValueShape = [groups, parameters / groups, 1]
  const gradient = once(() => nodes.reshape(node.gradient, shape))
  const parts = once(() =>
    standardize(nodes, nodes.reshape(x.name, shape), [2, 3], node.floatAttribute('epsilon') ?? 1e-5),
  )
  const parameterGradient = (whole: string): string =>
    nodes.reshape(nodes.sumTo(whole, shape, parameterShape), [parameters])
  return [
    () => {
      const scaled = nodes.multiply(gradient(), nodes.reshape(scale.name, parameterShape))
      return nodes.reshape(parts().inputGradient(scaled), x.shape)
    },
    () => parameterGradient(nodes.multiply(gradient(), parts().standardized())),
    () => parameterGradient(gradient()),
  ]
})

export const groupNormalizationRules: Readonly<Record<string, GradientRule>> = {
  GroupNormalization: groupNormalization,
}
