import { add, multiply, negate, softplus, subtract } from '../formula/build.ts'
import type { Expression } from '../formula/nodes.ts'

/** What an element costs, [B, C]: ℓ⁺ if its label is 1, ℓ⁻ if it is 0. Losses that take classes one by one are made of the two. */
export interface Sides {
  readonly positive: Expression
  readonly negative: Expression
}

/** `y ℓ⁺ + (1 − y) ℓ⁻`: the cost of hard labels, and the expected cost of soft ones. */
export function costOfLabels(labels: Expression, { positive, negative }: Sides): Expression {
  return add(multiply(labels, positive), multiply(subtract(1, labels), negative))
}

/** The sides of binary cross-entropy: `ℓ⁺ = log(1 + e^{−z})` and `ℓ⁻ = log(1 + e^z)`. */
export function crossEntropySides(z: Expression): Sides {
  return { positive: softplus(negate(z)), negative: softplus(z) }
}
