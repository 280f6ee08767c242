import type { GradientNodes } from './gradient-nodes.ts'
import { axesOf, type ValueShape } from './shapes.ts'

/** A value for each channel, [channels], so that it broadcasts to values of shape [batch, channels, …]. */
export function alongChannels(nodes: GradientNodes, perChannel: string, shape: ValueShape): string {
  return nodes.unsqueeze(perChannel, axesOf(shape).slice(1, -1))
}

/** Undoes {@link alongChannels}: the sum of a value of shape [batch, channels, …] for each channel. */
export function channelSums(nodes: GradientNodes, operand: string, shape: ValueShape): string {
  const axes = axesOf(shape).filter((axis) => axis !== 1)
  return nodes.sum(operand, axes, false)
}
