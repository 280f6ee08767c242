import type { ForwardNode } from './forward-node.ts'
import type { GradientNodes } from './gradient-nodes.ts'

/** Writes the gradient with respect to one input and returns its name; called only where it is needed. */
export type InputGradient = () => string

/** The gradients with respect to the inputs of a node, in their order; nothing for inputs that have none, as axes. */
export type InputGradients = readonly (InputGradient | undefined)[]

/** How an operator is differentiated: reverse mode, written in standard operators. */
export interface GradientRule {
  /**
   * Inputs that decide how the gradient is written, as axes and paddings; their values must be known before a step runs.
   * Default: none.
   */
  readonly settledInputs?: readonly number[]
  /**
   * @param node - the node with the shapes of its values and the gradients with respect to its outputs.
   * @param nodes - writes the gradient.
   * @throws DblossError `model` for a form of the operator that has no gradient here.
   */
  readonly gradients: (node: ForwardNode, nodes: GradientNodes) => InputGradients
}

/** A rule that needs no settled inputs. */
export function rule(gradients: GradientRule['gradients']): GradientRule {
  return { gradients }
}
