import type { ForwardNode } from './forward-node.ts'
import type { GradientNodes } from './gradient-nodes.ts'
import type { GradientRule } from './gradient-rule.ts'

/** What the derivative of a function of one operand is written in. */
export interface UnaryValues {
  /** The gradient with respect to the result. */
  readonly g: string
  /** The operand. */
  readonly x: string
  /** The result. */
  readonly y: string
  /** Writes the gradient. */
  readonly n: GradientNodes
  /** For attributes. */
  readonly node: ForwardNode
}

/** The rule of a function that is applied to each element of its first input; further inputs have no gradient. */
export function unaryRule(gradient: (values: UnaryValues) => string): GradientRule {
  return {
    gradients: (node, nodes) => [
      () => gradient({ g: node.gradient, x: node.input(0).name, y: node.output().name, n: nodes, node }),
    ],
  }
}
