import type { ForwardNode } from '../forward-node.ts'
import type { GradientNodes } from '../gradient-nodes.ts'
import { type GradientRule, type InputGradients, rule } from '../gradient-rule.ts'
import { elementCountOf, type ValueShape } from '../shapes.ts'

/** Y = A B: ∂A = ∂Y Bᵀ and ∂B = Aᵀ ∂Y, summed over the axes along which a stack of matrices was repeated. */
const matmul = rule((node, nodes) =>
  node.input(1).shape.length === 2 && node.input(0).shape.length >= 2
    ? matrixGradients(node, nodes)
    : stackGradients(node, nodes),
)

/** Of a stack times one matrix, as linear layers are: all rows of the stack are one matrix, and nothing is copied. */
function matrixGradients(node: ForwardNode, nodes: GradientNodes): InputGradients {
  const { gradient } = node
  const [a, b, output] = [node.input(0), node.input(1), node.output()]
  return [
    () => {
      const product = nodes.node('Gemm', [asMatrix(nodes, gradient, output.shape), b.name], { transB: 1 })
      return a.shape.length === 2 ? product : nodes.reshape(product, a.shape)
    },
    () => {
      const rows = [asMatrix(nodes, a.name, a.shape), asMatrix(nodes, gradient, output.shape)]
      return nodes.node('Gemm', rows, { transA: 1 })
    },
  ]
}

/** All axes but the last as one. */
function asMatrix(nodes: GradientNodes, operand: string, shape: ValueShape): string {
  if (shape.length === 2) return operand
  return nodes.reshape(operand, [elementCountOf(shape.slice(0, -1)), shape.at(-1)!])
}

/** Vectors are matrices with one row (on the left) or one column (on the right). */
function stackGradients(node: ForwardNode, nodes: GradientNodes): InputGradients {
  const [a, b, output] = [node.input(0), node.input(1), node.output()]
  const aIsVector = a.shape.length === 1
  const bIsVector = b.shape.length === 1
  const aShape: ValueShape = aIsVector ? [1, ...a.shape] : a.shape
  const bShape: ValueShape = bIsVector ? [...b.shape, 1] : b.shape
  const batch = output.shape.slice(0, output.shape.length - (aIsVector ? 0 : 1) - (bIsVector ? 0 : 1))
  const [rows, inner, columns] = [aShape.at(-2)!, aShape.at(-1)!, bShape.at(-1)!]
  const gradient = (): string =>
    nodes.unsqueeze(node.gradient, [...(aIsVector ? [batch.length] : []), ...(bIsVector ? [batch.length + 1] : [])])
  return [
    () => {
      const right = nodes.transposeMatrix(bIsVector ? nodes.unsqueeze(b.name, [1]) : b.name, bShape.length)
      const summed = nodes.sumTo(nodes.node('MatMul', [gradient(), right]), [...batch, rows, inner], aShape)
      return aIsVector ? nodes.reshape(summed, a.shape) : summed
    },
    () => {
      const left = nodes.transposeMatrix(aIsVector ? nodes.unsqueeze(a.name, [0]) : a.name, aShape.length)
      const summed = nodes.sumTo(nodes.node('MatMul', [left, gradient()]), [...batch, inner, columns], bShape)
      return bIsVector ? nodes.reshape(summed, b.shape) : summed
    },
  ]
}

export const matmulRules: Readonly<Record<string, GradientRule>> = { MatMul: matmul }
