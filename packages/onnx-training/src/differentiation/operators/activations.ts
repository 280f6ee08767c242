import type { GradientRule } from '../gradient-rule.ts'
import { type UnaryValues, unaryRule } from '../unary-rule.ts'

/** Float32 numbers of the specification. */
const SELU = { alpha: 1.6732631921768188, gamma: 1.0507010221481323 }

/** Selects by the sign of x; 0 is with the negative numbers, as in PyTorch. */
const bySign = ({ n, x }: UnaryValues, positive: string, otherwise?: string): string =>
  n.select(n.node('Greater', [x, n.scalar(0)]), positive, otherwise)

const alpha = ({ node }: UnaryValues, byDefault: number): number => node.floatAttribute('alpha') ?? byDefault

/** g is the gradient with respect to the result y of the operand x. */
export const activationRules: Readonly<Record<string, GradientRule>> = {
  /** g for x > 0 */
  Relu: unaryRule((v) => bySign(v, v.g)),
  /** g for x > 0, else α g */
  LeakyRelu: unaryRule((v) => bySign(v, v.g, v.n.scale(v.g, alpha(v, 0.01)))),
  /** g for x > 0, else g α eˣ = g (y + α) */
  Elu: unaryRule((v) => bySign(v, v.g, v.n.multiply(v.g, v.n.add(v.y, v.n.scalar(alpha(v, 1)))))),
  /** γ g for x > 0, else g γ α eˣ = g (y + γ α) */
  Selu: unaryRule((v) => {
    const gamma = v.node.floatAttribute('gamma') ?? SELU.gamma
    const shift = v.n.scalar(gamma * alpha(v, SELU.alpha))
    return v.n.multiply(v.g, bySign(v, v.n.scalar(gamma), v.n.add(v.y, shift)))
  }),
  /** g for x > 0, else g exp(x / α) = g (y / α + 1) */
  Celu: unaryRule((v) => {
    const slope = v.n.add(v.n.scale(v.y, 1 / alpha(v, 1)), v.n.scalar(1))
    return bySign(v, v.g, v.n.multiply(v.g, slope))
  }),
  /** g for x > α */
  ThresholdedRelu: unaryRule((v) => v.n.select(v.n.node('Greater', [v.x, v.n.scalar(alpha(v, 1))]), v.g)),
  /** α g for 0 < y < 1 */
  HardSigmoid: unaryRule((v) => {
    const inside = [v.n.node('Greater', [v.y, v.n.scalar(0)]), v.n.node('Less', [v.y, v.n.scalar(1)])]
    return v.n.select(v.n.node('And', inside), v.n.scale(v.g, alpha(v, 0.2)))
  }),
  /** 0 for x ≤ −3, g for x ≥ 3, g (x / 3 + 1/2) between them */
  HardSwish: unaryRule(({ n, g, x }) => {
    const between = n.multiply(g, n.add(n.scale(x, 1 / 3), n.scalar(0.5)))
    const upToThree = n.select(n.node('Less', [x, n.scalar(3)]), between, g)
    return n.select(n.node('Greater', [x, n.scalar(-3)]), upToThree)
  }),
  /** g (t + x σ(x) (1 − t²)) with t = tanh(softplus x) */
  Mish: unaryRule(({ n, g, x }) => {
    const t = n.node('Tanh', [n.node('Softplus', [x])])
    const bend = n.multiply(n.node('Sigmoid', [x]), n.subtract(n.scalar(1), n.square(t)))
    return n.multiply(g, n.add(t, n.multiply(x, bend)))
  }),
  /** g (s + α y (1 − s)) with s = σ(α x); opset 24 */
  Swish: unaryRule((v) => {
    const { n, g, x, y } = v
    const s = n.node('Sigmoid', [n.scale(x, alpha(v, 1))])
    return n.multiply(g, n.add(s, n.scale(n.multiply(y, n.subtract(n.scalar(1), s)), alpha(v, 1))))
  }),
}
