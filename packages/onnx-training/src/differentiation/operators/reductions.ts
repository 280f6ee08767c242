import type { GradientRule } from '../gradient-rule.ts'
import { type ReductionValues, reductionRule } from '../reduction-rule.ts'

/** Everywhere the gradient of the sum. */
const spread = ({ n, g, x, shape }: ReductionValues): string => n.broadcastTo(g, shape, x)

/** The gradient goes to the elements that are equal to the result, in equal shares, as in PyTorch's amax and amin. */
function toExtremes({ n, g, x, y, axes }: ReductionValues): string {
  const chosen = n.cast(n.node('Equal', [x.name, y()]))
  return n.multiply(n.divide(g, n.sum(chosen, axes)), chosen)
}

/** g is the gradient with respect to the result y of the operand x. */
export const reductionRules: Readonly<Record<string, GradientRule>> = {
  /** g */
  ReduceSum: reductionRule(spread, { keepsSingles: true }),
  /** g / count */
  ReduceMean: reductionRule((v) => spread({ ...v, g: v.n.divide(v.g, v.count()) }), { keepsSingles: true }),
  /** g sign x */
  ReduceL1: reductionRule(({ n, g, x }) => n.multiply(g, n.node('Sign', [x.name]))),
  /** g x / y, and 0 where the norm is 0, as in PyTorch */
  ReduceL2: reductionRule(({ n, g, x, y }) => {
    const norm = y()
    const isZero = n.node('Equal', [norm, n.scalar(0)])
    return n.multiply(n.select(isZero, undefined, n.divide(g, norm)), x.name)
  }),
  /** 2 g x */
  ReduceSumSquare: reductionRule(({ n, g, x }) => n.multiply(n.scale(g, 2), x.name)),
  /** g / exp y */
  ReduceLogSum: reductionRule((v) => spread({ ...v, g: v.n.divide(v.g, v.n.node('Exp', [v.y()])) })),
  /** g exp(x − y) */
  ReduceLogSumExp: reductionRule(({ n, g, x, y }) => n.multiply(g, n.node('Exp', [n.subtract(x.name, y())]))),
  ReduceMax: reductionRule(toExtremes, { keepsSingles: true }),
  ReduceMin: reductionRule(toExtremes, { keepsSingles: true }),
}
