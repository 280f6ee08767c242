import { float } from '../../onnx/index.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'

/** Y = α A′ B′ + β C, where ′ transposes if asked to: ∂A′ = α ∂Y B′ᵀ, ∂B′ = α A′ᵀ ∂Y, ∂C = β ∂Y. */
const gemm = rule((node, nodes) => {
  const { gradient } = node
  const [a, b, output] = [node.input(0), node.input(1), node.output()]
  const transA = node.integerAttribute('transA') ?? 0
  const transB = node.integerAttribute('transB') ?? 0
  const product = (left: string, right: string, transLeft: number, transRight: number): string => {
    const alpha = float(node.floatAttribute('alpha') ?? 1)
    return nodes.node('Gemm', [left, right], { alpha, transA: transLeft, transB: transRight })
  }
  return [
    () => (transA === 0 ? product(gradient, b.name, 0, 1 - transB) : product(b.name, gradient, transB, 1)),
    () => (transB === 0 ? product(a.name, gradient, 1 - transA, 0) : product(gradient, a.name, 1, transA)),
    () => nodes.scale(nodes.sumTo(gradient, output.shape, node.input(2).shape), node.floatAttribute('beta') ?? 1),
  ]
})

export const gemmRules: Readonly<Record<string, GradientRule>> = { Gemm: gemm }
