import { elementCount } from '../element-count.ts'
import { type Convolution, convolutionInputGradient } from './convolution.ts'
import type { ForwardNode } from './forward-node.ts'
import type { GradientNodes } from './gradient-nodes.ts'
import { fixedSize } from './shapes.ts'
import { type WindowAxis, windowAxes } from './windows.ts'

/** The windows of a pooling node along its spatial axes. */
export function poolingAxes(node: ForwardNode): WindowAxis[] {
  const kernel = node.integersAttribute('kernel_shape')
  if (kernel === undefined) throw node.refusal('it has no kernel_shape', 'a kernel_shape')
  return windowAxes(node, kernel, node.input(0).shape.slice(2), node.output().shape.slice(2))
}

/**
 * Sums what each window gives to its elements.
 *
 * @param gradient - [batch, channels · maps, …counts]
 * @param kernel - which part of each map goes to which element of a window, [maps, …kernel] in row-major order.
 */
export function spreadOverWindows(
  node: ForwardNode,
  nodes: GradientNodes,
  gradient: string,
  axes: readonly WindowAxis[],
  kernel: ArrayLike<number>,
): string {
  const channels = fixedSize(node.input(0).shape[1]!, `the channel axis of ${node.description}`)
  const kernelShape = axes.map((axis) => axis.kernel)
  const maps = kernel.length / elementCount(kernelShape)
  const form: Convolution = { axes, inputChannels: channels, outputChannels: channels * maps, group: channels }
  const repeated = nodes.node('Expand', [
    nodes.constant(kernel, [1, maps, 1, ...kernelShape]),
    nodes.integers([channels, maps, 1, ...kernelShape]),
  ])
  const weights = nodes.reshape(repeated, [channels * maps, 1, ...kernelShape])
  return convolutionInputGradient(nodes, gradient, weights, form)
}
