import { log, multiply, type Operand, sigmoid } from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'

/**
 * The maximum-entropy regulariser of an element, to be added to the formula of a loss: `ε p log p` with `p = σ(z)`. It is
 * smallest, −ε/e, at p = 1/e, and holds back probabilities close to 1; those close to 0 it leaves alone.
 *
 * @param logits - z, [B, C].
 * @param strength - ε.
 * @see {@link classIncrementalLoss} for where it is from.
 *
 * @example
 * const regularized = defineLoss({
 *   name: 'regularized-bce',
 *   formula: ({ logits: z, labels: y }) =>
 *     add(multiply(y, softplus(negate(z))), multiply(subtract(1, y), softplus(z)), maximumEntropyRegularizer(z, 0.04)),
 * })
 */
export function maximumEntropyRegularizer(logits: Expression, strength: Operand): Expression {
  const p = sigmoid(logits)
  return multiply(strength, p, log(p))
}
