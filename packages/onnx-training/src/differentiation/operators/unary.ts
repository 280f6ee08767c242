import type { GradientRule } from '../gradient-rule.ts'
import { unaryRule } from '../unary-rule.ts'

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI)

/** g is the gradient with respect to the result y of the operand x. */
export const unaryRules: Readonly<Record<string, GradientRule>> = {
  /** g */
  Identity: unaryRule(({ g }) => g),
  /** −g */
  Neg: unaryRule(({ n, g }) => n.negate(g)),
  /** g sign x, which is 0 at 0, as in PyTorch */
  Abs: unaryRule(({ n, g, x }) => n.multiply(g, n.node('Sign', [x]))),
  /** g y */
  Exp: unaryRule(({ n, g, y }) => n.multiply(g, y)),
  /** g / x */
  Log: unaryRule(({ n, g, x }) => n.divide(g, x)),
  /** g / 2y, which is infinite at 0, as in PyTorch */
  Sqrt: unaryRule(({ n, g, y }) => n.divide(g, n.scale(y, 2))),
  /** −g y² */
  Reciprocal: unaryRule(({ n, g, y }) => n.negate(n.multiply(g, n.square(y)))),
  /** g cos x */
  Sin: unaryRule(({ n, g, x }) => n.multiply(g, n.node('Cos', [x]))),
  /** −g sin x */
  Cos: unaryRule(({ n, g, x }) => n.negate(n.multiply(g, n.node('Sin', [x])))),
  /** g (1 + y²) */
  Tan: unaryRule(({ n, g, y }) => n.multiply(g, n.add(n.scalar(1), n.square(y)))),
  /** g (1 − y²) */
  Tanh: unaryRule(({ n, g, y }) => n.multiply(g, n.subtract(n.scalar(1), n.square(y)))),
  /** g y (1 − y) */
  Sigmoid: unaryRule(({ n, g, y }) => n.multiply(g, n.multiply(y, n.subtract(n.scalar(1), y)))),
  /** g 2/√π exp(−x²) */
  Erf: unaryRule(({ n, g, x }) => n.multiply(g, n.scale(n.node('Exp', [n.negate(n.square(x))]), TWO_OVER_ROOT_PI))),
  /** g σ(x) */
  Softplus: unaryRule(({ n, g, x }) => n.multiply(g, n.node('Sigmoid', [x]))),
  /** g / (1 + |x|)² */
  Softsign: unaryRule(({ n, g, x }) => n.divide(g, n.square(n.add(n.scalar(1), n.node('Abs', [x]))))),
}
