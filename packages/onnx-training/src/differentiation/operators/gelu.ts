import type { GradientRule } from '../gradient-rule.ts'
import { type UnaryValues, unaryRule } from '../unary-rule.ts'

/** g (Φ(x) + x φ(x)), with the distribution function Φ of the normal distribution and its density φ. */
export function exactGelu({ n, g, x }: Pick<UnaryValues, 'n' | 'g' | 'x'>): string {
  const distribution = n.scale(n.add(n.node('Erf', [n.scale(x, Math.SQRT1_2)]), n.scalar(1)), 0.5)
  const density = n.scale(n.node('Exp', [n.scale(n.square(x), -0.5)]), 1 / Math.sqrt(2 * Math.PI))
  return n.multiply(g, n.add(distribution, n.multiply(x, density)))
}

/** g (1 + t + x (1 − t²) u′) / 2 with t = tanh u, u = √(2/π) (x + 0.044715 x³) */
function byTanh({ n, g, x }: UnaryValues): string {
  // Beyond ±10 the derivative is 0 or 1 to the last bit; x³ would overflow in the end.
  const z = n.node('Clip', [x, n.scalar(-10), n.scalar(10)])
  const [one, square] = [n.scalar(1), n.square(z)]
  const polynomial = (factor: number): string => n.scale(n.add(one, n.scale(square, factor)), Math.sqrt(2 / Math.PI))
  const t = n.node('Tanh', [n.multiply(z, polynomial(0.044715))])
  const bend = n.multiply(n.multiply(z, n.subtract(one, n.square(t))), polynomial(3 * 0.044715))
  return n.multiply(g, n.scale(n.add(n.add(one, t), bend), 0.5))
}

export const geluRules: Readonly<Record<string, GradientRule>> = {
  Gelu: unaryRule((values) =>
    values.node.stringAttribute('approximate') === 'tanh' ? byTanh(values) : exactGelu(values),
  ),
}
