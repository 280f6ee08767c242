import { channelSums } from '../channels.ts'
import { type Convolution, convolutionInputGradient, convolutionWeightGradient } from '../convolution.ts'
import type { ForwardNode } from '../forward-node.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'
import { fixedSize, type ValueShape } from '../shapes.ts'
import { neededPadding, windowAxes } from '../windows.ts'

/** Y = X ∗ W + bias: ∂X spreads ∂Y by the weights, ∂W correlates X with ∂Y. */
const convolution = rule((node, nodes) => {
  const { gradient } = node
  const [x, weights, output] = [node.input(0), node.input(1), node.output()]
  const form = convolutionBetween(node, x.shape, output.shape)
  return [
    () => convolutionInputGradient(nodes, gradient, weights.name, form),
    () => convolutionWeightGradient(nodes, x.name, gradient, output.shape, form),
    () => channelSums(nodes, gradient, output.shape),
  ]
})

/** Spreads X by the weights, as the gradient of a convolution from Y to X does; ∂X is that convolution of ∂Y. */
const transposedConvolution = rule((node, nodes) => {
  const { gradient } = node
  const mode = node.stringAttribute('auto_pad') ?? 'NOTSET'
  if (mode.startsWith('SAME')) throw node.refusal(`its auto_pad is ${mode}`, 'explicit pads')
  if (node.integersAttribute('output_shape') !== undefined) {
    throw node.refusal('its output_shape is given', 'explicit pads')
  }
  const [x, weights, output] = [node.input(0), node.input(1), node.output()]
  const form = convolutionBetween(node, output.shape, x.shape)
  return [
    () => {
      const { axes, group } = form
      const { before, after } = neededPadding(axes)
      return nodes.node('Conv', [gradient, weights.name], {
        group,
        strides: axes.map(({ stride }) => stride),
        dilations: axes.map(({ dilation }) => dilation),
        pads: [...before, ...after],
      })
    },
    () => convolutionWeightGradient(nodes, gradient, x.name, x.shape, form),
    () => channelSums(nodes, gradient, output.shape),
  ]
})

/** The convolution by the attributes and weights of a node, from values of one shape to those of another. */
function convolutionBetween(node: ForwardNode, from: ValueShape, to: ValueShape): Convolution {
  const kernel = node.input(1).shape.slice(2)
  return {
    axes: windowAxes(
      node,
      kernel.map((size) => fixedSize(size, `the kernel of ${node.description}`)),
      from.slice(2),
      to.slice(2),
    ),
    inputChannels: fixedSize(from[1]!, `the channel axis of ${node.description}`),
    outputChannels: fixedSize(to[1]!, `the channel axis of ${node.description}`),
    group: node.integerAttribute('group') ?? 1,
  }
}

export const convolutionRules: Readonly<Record<string, GradientRule>> = {
  Conv: convolution,
  ConvTranspose: transposedConvolution,
}
