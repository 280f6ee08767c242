import { channelSums } from '../channels.ts'
import { convolutionInputGradient, convolutionWeightGradient } from '../convolution.ts'
import type { ForwardNode } from '../forward-node.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'
import { fixedSize, type ValueShape } from '../shapes.ts'
import { overhang, windowAxes } from '../windows.ts'

/** Y = X ∗ W + bias: ∂X spreads ∂Y by the weights, ∂W correlates X with ∂Y. */
const convolution = rule((node, nodes) => {
  const { gradient } = node
  const [x, weights, output] = [node.input(0), node.input(1), node.output()]
  const form = {
    axes: windowAxes(node, kernelOf(node), x.shape.slice(2), output.shape.slice(2)),
    inputChannels: channelsOf(node, x.shape),
    outputChannels: channelsOf(node, output.shape),
    group: node.integerAttribute('group') ?? 1,
  }
  return [
    () => convolutionInputGradient(nodes, gradient, weights.name, form),
    () => convolutionWeightGradient(nodes, x.name, gradient, output.shape, form),
    () => channelSums(nodes, gradient, output.shape),
  ]
})

/** The input gradient of a convolution is itself an operator: its own gradients are those of the convolution, with X and Y exchanged. */
const transposedConvolution = rule((node, nodes) => {
  const { gradient } = node
  const mode = node.stringAttribute('auto_pad') ?? 'NOTSET'
  if (mode.startsWith('SAME')) throw node.refusal(`its auto_pad is ${mode}`, 'explicit pads')
  if (node.integersAttribute('output_shape') !== undefined) {
    throw node.refusal('its output_shape is given', 'explicit pads')
  }
  const [x, weights, output] = [node.input(0), node.input(1), node.output()]
  const form = {
    axes: windowAxes(node, kernelOf(node), output.shape.slice(2), x.shape.slice(2)),
    inputChannels: channelsOf(node, output.shape),
    outputChannels: channelsOf(node, x.shape),
    group: node.integerAttribute('group') ?? 1,
  }
  const { axes, group } = form
  return [
    () =>
      nodes.node('Conv', [gradient, weights.name], {
        group,
        strides: axes.map(({ stride }) => stride),
        dilations: axes.map(({ dilation }) => dilation),
        pads: [...axes.map(({ before }) => before), ...axes.map((axis) => Math.max(0, overhang(axis)))],
      }),
    () => convolutionWeightGradient(nodes, gradient, x.name, x.shape, form),
    () => channelSums(nodes, gradient, output.shape),
  ]
})

function kernelOf(node: ForwardNode): number[] {
  return node
    .input(1)
    .shape.slice(2)
    .map((size) => fixedSize(size, `the kernel of ${node.description}`))
}

function channelsOf(node: ForwardNode, shape: ValueShape): number {
  return fixedSize(shape[1]!, `the channel axis of ${node.description}`)
}

export const convolutionRules: Readonly<Record<string, GradientRule>> = {
  Conv: convolution,
  ConvTranspose: transposedConvolution,
}
