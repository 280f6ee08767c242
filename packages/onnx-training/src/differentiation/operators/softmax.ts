import type { ForwardNode } from '../forward-node.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'

/** y = softmax(x): ∂x = y (∂y − Σ ∂y y) */
const softmax = rule((node, nodes) => {
  const { gradient } = node
  const y = node.output().name
  return [
    () => {
      const mean = nodes.sum(nodes.multiply(gradient, y), axes(node))
      return nodes.multiply(y, nodes.subtract(gradient, mean))
    },
  ]
})

/** y = log softmax(x): ∂x = ∂y − exp(y) Σ ∂y */
const logSoftmax = rule((node, nodes) => {
  const { gradient } = node
  const probabilities = () => nodes.node('Exp', [node.output().name])
  return [() => nodes.subtract(gradient, nodes.multiply(probabilities(), nodes.sum(gradient, axes(node))))]
})

function axes(node: ForwardNode): readonly number[] {
  return [node.integerAttribute('axis') ?? -1]
}

export const softmaxRules: Readonly<Record<string, GradientRule>> = { Softmax: softmax, LogSoftmax: logSoftmax }
