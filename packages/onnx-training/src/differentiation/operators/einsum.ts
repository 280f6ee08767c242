import { type EinsumEquation, parseEinsum } from '../einsum-equation.ts'
import type { ForwardNode, ForwardValue } from '../forward-node.ts'
import type { GradientNodes } from '../gradient-nodes.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'
import { type AxisSize, sameSize } from '../shapes.ts'

/** The gradient of an operand is the Einsum of the gradient and the other operands, repeated along axes that only it has. */
const einsum = rule((node, nodes) => {
  const operands = Array.from({ length: node.inputCount }, (_, index) => node.input(index))
  const ranks = operands.map(({ shape }) => shape.length)
  const equation = parseEinsum(node.stringAttribute('equation') ?? '', ranks)
  checkSizes(node, operands, equation)
  return operands.map((_, index) => () => operandGradient(node, nodes, operands, equation, index))
})

function operandGradient(
  node: ForwardNode,
  nodes: GradientNodes,
  operands: readonly ForwardValue[],
  equation: EinsumEquation,
  index: number,
): string {
  const [operand, own] = [operands[index]!, equation.operands[index]!]
  if (new Set(own).size < own.length) {
    throw node.refusal(`its operand ${index} has the indices ${own.join('')}`, 'indices that differ')
  }
  const isOther = (_: unknown, position: number): boolean => position !== index
  const others = equation.operands.filter(isOther)
  const known = new Set([...equation.result, ...others.flat()])
  const kept = own.filter((label) => known.has(label))
  const gradient =
    others.length === 0
      ? nodes.transpose(
          node.gradient,
          kept.map((label) => equation.result.indexOf(label)),
        )
      : nodes.node('Einsum', [node.gradient, ...operands.filter(isOther).map(({ name }) => name)], {
          equation: `${[equation.result, ...others].map((labels) => labels.join('')).join(',')}->${kept.join('')}`,
        })
  const summed = own.flatMap((label, axis) => (known.has(label) ? [] : [axis]))
  const shape = operand.shape.map((size, axis) => (summed.includes(axis) ? 1 : size))
  return nodes.broadcastTo(nodes.unsqueeze(gradient, summed), shape, operand)
}

/** @throws DblossError `model` where an axis of size 1 is repeated to match another. */
function checkSizes(node: ForwardNode, operands: readonly ForwardValue[], equation: EinsumEquation): void {
  const sizes = new Map<string, AxisSize>()
  equation.operands.forEach((labels, index) => {
    labels.forEach((label, axis) => {
      const size = operands[index]!.shape[axis]!
      if (!sameSize(sizes.get(label) ?? size, size)) {
        throw node.refusal(`axes of the index '${label}' differ in size`, 'an index to have one size')
      }
      sizes.set(label, size)
    })
  })
}

export const einsumRules: Readonly<Record<string, GradientRule>> = { Einsum: einsum }
