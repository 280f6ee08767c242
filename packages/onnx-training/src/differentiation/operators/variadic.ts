import type { ForwardNode, ForwardValue } from '../forward-node.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'

function operandsOf(node: ForwardNode): ForwardValue[] {
  return Array.from({ length: node.inputCount }, (_, index) => node.input(index))
}

const sum = rule((node, nodes) =>
  operandsOf(node).map(
    ({ shape }) =>
      () =>
        nodes.sumTo(node.gradient, node.output().shape, shape),
  ),
)

/** g / n */
const mean = rule((node, nodes) =>
  operandsOf(node).map(
    ({ shape }) =>
      () =>
        nodes.scale(nodes.sumTo(node.gradient, node.output().shape, shape), 1 / node.inputCount),
  ),
)

/** The gradient goes to the operands that are equal to the result, in equal shares, as in PyTorch's maximum and minimum. */
const extreme = rule((node, nodes) => {
  const output = node.output()
  const operands = operandsOf(node)
  if (operands.length === 1) return [() => node.gradient]
  const chosen = operands.map(({ name }) => nodes.cast(nodes.node('Equal', [name, output.name])))
  const share = nodes.divide(
    node.gradient,
    chosen.reduce((count, each) => nodes.add(count, each)),
  )
  return operands.map(
    ({ shape }, index) =>
      () =>
        nodes.sumTo(nodes.multiply(share, chosen[index]!), output.shape, shape),
  )
})

export const variadicRules: Readonly<Record<string, GradientRule>> = {
  Sum: sum,
  Mean: mean,
  Max: extreme,
  Min: extreme,
}
