import type { GradientNodes } from './gradient-nodes.ts'
import { once } from './once.ts'

/** How normalizations standardize: x̂ = (x − mean) r with r = 1 / √(variance + ε), over some axes. */
export interface Standardization {
  /** x̂ */
  readonly standardized: () => string
  /** ∂x = r (∂x̂ − mean(∂x̂) − x̂ mean(∂x̂ x̂)); the means are those over the axes. */
  readonly inputGradient: (gradient: string) => string
}

/** Computes again what a normalization did inside. */
export function standardize(
  nodes: GradientNodes,
  operand: string,
  axes: readonly number[],
  epsilon: number,
): Standardization {
  const parts = once(() => {
    const centred = nodes.subtract(operand, nodes.mean(operand, axes))
    const variance = nodes.mean(nodes.multiply(centred, centred), axes)
    const inverse = inverseDeviation(nodes, variance, epsilon)
    return { inverse, standardized: nodes.multiply(centred, inverse) }
  })
  return {
    standardized: () => parts().standardized,
    inputGradient: (gradient) => {
      const { inverse, standardized } = parts()
      const alongOperand = nodes.mean(nodes.multiply(gradient, standardized), axes)
      const centred = nodes.subtract(gradient, nodes.mean(gradient, axes))
      return nodes.multiply(nodes.subtract(centred, nodes.multiply(standardized, alongOperand)), inverse)
    },
  }
}

/** 1 / √(variance + ε) */
export function inverseDeviation(nodes: GradientNodes, variance: string, epsilon: number): string {
  return nodes.node('Reciprocal', [nodes.node('Sqrt', [nodes.add(variance, nodes.scalar(epsilon))])])
}
