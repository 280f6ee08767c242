import { multiply, subtract, sum } from '../formula/build.ts'
import type { Condition, Expression } from '../formula/nodes.ts'
import { logSumExpExcept } from './log-sum-exp-over.ts'

/** What {@link softmaxCrossEntropy} is made of. */
export interface SoftmaxTerms {
  /** x, [B, C]: the logits, shifted or scaled. */
  readonly logits: Expression
  /** y, [B, C]. */
  readonly labels: Expression
  /** Classes that are not known to be present or absent take no part. */
  readonly isUnknown: Condition
}

/**
 * Softmax cross-entropy of rows with any number of labels, [B, 1]: `Σ_i y_i (log Σ_j e^{x_j} − x_i)`, the sum of −log softmax
 * over the positives. It is as if a row were there once for each of its labels (pick-all-labels), so that class i is a share
 * n_i / Σ_j n_j of what is seen. A row without positives costs 0.
 *
 * @see Menon et al., Multilabel Reductions: What Is My Loss Optimising?, NeurIPS 2019, for the name.
 */
export function softmaxCrossEntropy({ logits, labels, isUnknown }: SoftmaxTerms): Expression {
  const total = logSumExpExcept(isUnknown, logits, 'classes')
  return sum(multiply(labels, subtract(total, logits)), 'classes')
}
