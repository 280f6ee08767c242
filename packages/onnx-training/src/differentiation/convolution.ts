import type { GradientNodes } from './gradient-nodes.ts'
import { axesOf, elementCountOf, type ValueShape } from './shapes.ts'
import { extent, neededPadding, overhang, type WindowAxis, windowTaps } from './windows.ts'

/** A convolution from `inputChannels` to `outputChannels`, in groups that do not see one another. */
export interface Convolution {
  readonly axes: readonly WindowAxis[]
  readonly inputChannels: number
  readonly outputChannels: number
  readonly group: number
}

/**
 * The gradient with respect to the input of a convolution.
 *
 * @param gradient - that of the output, [batch, output channels, …].
 * @param weights - [output channels, input channels / group, …kernel].
 */
export function convolutionInputGradient(
  nodes: GradientNodes,
  gradient: string,
  weights: string,
  convolution: Convolution,
): string {
  const { axes, group } = convolution
  const dilations = axes.map(({ dilation }) => dilation)
  const pads = [...axes.map((axis) => extent(axis) - axis.before), ...axes.map((axis) => extent(axis) - overhang(axis))]
  // Runtimes are much faster at `Conv` than at `ConvTranspose`.
  if (axes.every(({ stride }) => stride === 1) && pads.every((count) => count >= 0)) {
    const turned = exchangeChannels(nodes, reverseKernel(nodes, weights, axes), convolution)
    return nodes.node('Conv', [gradient, turned], { dilations, group, pads })
  }
  const { before, after } = neededPadding(axes)
  return nodes.node('ConvTranspose', [gradient, weights], {
    dilations,
    group,
    strides: axes.map(({ stride }) => stride),
    pads: [...before, ...after],
    output_padding: axes.map((axis) => Math.max(0, -overhang(axis))),
  })
}

function reverseKernel(nodes: GradientNodes, weights: string, axes: readonly WindowAxis[]): string {
  const ranges = axes.flatMap(({ kernel }, index) =>
    kernel === 1 ? [] : [{ axis: index + 2, start: -1, end: -kernel - 1, step: -1 }],
  )
  return nodes.slice(weights, ranges)
}

/** From [output channels, input channels / group, …] to [input channels, output channels / group, …]. */
function exchangeChannels(nodes: GradientNodes, weights: string, convolution: Convolution): string {
  const { axes, inputChannels, outputChannels, group } = convolution
  const kernel = axes.map((axis) => axis.kernel)
  const [inputs, outputs] = [inputChannels / group, outputChannels / group]
  if (inputs === 1 && outputs === 1) return weights
  const groups = nodes.reshape(weights, [group, outputs, inputs, ...kernel])
  const exchanged = nodes.transpose(groups, [0, 2, 1, ...kernel.map((_, index) => index + 3)])
  return nodes.reshape(exchanged, [inputChannels, outputs, ...kernel])
}

/**
 * The gradient with respect to the weights of a convolution.
 *
 * @param input - [batch, input channels, …].
 * @param gradient - that of the output, [batch, output channels, …], of the given shape.
 */
export function convolutionWeightGradient(
  nodes: GradientNodes,
  input: string,
  gradient: string,
  gradientShape: ValueShape,
  convolution: Convolution,
): string {
  const { axes, inputChannels, group } = convolution
  const taps = axes.reduce((product, { kernel }) => product * kernel, 1)
  // Both ways end in matrix products: one as wide as the kernel has elements, the other as a group has channels. Wide is fast.
  return taps > inputChannels / group
    ? weightGradientByConvolution(nodes, input, gradient, gradientShape, convolution)
    : weightGradientByTaps(nodes, input, gradient, gradientShape, convolution)
}

/** A convolution of the input with the gradient as its kernel; batch and channels, strides and dilations change places. */
function weightGradientByConvolution(
  nodes: GradientNodes,
  input: string,
  gradient: string,
  [batch, ...gradientSizes]: ValueShape,
  { axes, inputChannels, group }: Convolution,
): string {
  const perGroup = inputChannels / group
  const sizes = axes.map(({ size }) => size)
  const spatial = axes.map((_, index) => index + 2)
  const groups = nodes.reshape(input, [batch!, group, perGroup, ...sizes])
  const exchanged = nodes.transpose(groups, [2, 1, 0, ...spatial.map((axis) => axis + 1)])
  const data = nodes.reshape(exchanged, [perGroup, elementCountOf([batch!, group]), ...sizes])
  const kernel = nodes.transpose(gradient, [
    1,
    0,
    ...axesOf(gradientSizes)
      .slice(1)
      .map((axis) => axis + 1),
  ])
  const { before, after } = neededPadding(axes)
  const product = nodes.node('Conv', [data, kernel], {
    group,
    strides: axes.map(({ dilation }) => dilation),
    dilations: axes.map(({ stride }) => stride),
    pads: [...before, ...after],
  })
  const cropped = nodes.slice(
    product,
    axes.flatMap((axis, index) =>
      // Elements behind the last window can make room for further positions of the gradient.
      -overhang(axis) < axis.dilation ? [] : [{ axis: index + 2, start: 0, end: axis.kernel }],
    ),
  )
  return nodes.transpose(cropped, [1, 0, ...spatial])
}

/** For each element of the kernel, the product of the gradient with what that element saw, summed over the batch. */
function weightGradientByTaps(
  nodes: GradientNodes,
  input: string,
  gradient: string,
  [batch]: ValueShape,
  { axes, inputChannels, outputChannels, group }: Convolution,
): string {
  const [inputs, outputs] = [inputChannels / group, outputChannels / group]
  const positions = axes.reduce((product, { count }) => product * count, 1)
  const left = nodes.reshape(gradient, [batch!, group, outputs, positions])
  const { before, after } = neededPadding(axes)
  const padded = nodes.pad(input, [0, 0, ...before], [0, 0, ...after])
  const products = windowTaps(nodes, padded, axes).map((tap) => {
    const right = nodes.transposeMatrix(nodes.reshape(tap, [batch!, group, inputs, positions]), 4)
    const summed = nodes.sum(nodes.node('MatMul', [left, right]), [0], false)
    return nodes.reshape(summed, [outputChannels, inputs, 1])
  })
  const joined = products.length === 1 ? products[0]! : nodes.node('Concat', products, { axis: 2 })
  return nodes.reshape(joined, [outputChannels, inputs, ...axes.map(({ kernel }) => kernel)])
}
