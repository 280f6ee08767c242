import { divide, less, max, named, select } from '../formula/build.ts'
import type { Condition, Expression } from '../formula/nodes.ts'

/** What weights are divided by: nothing, the largest of the row, or the largest of the batch. Default `none`. */
export type WeightNormalization = 'none' | 'instance' | 'batch'

/** Divides weights by their maximum over the row or over the batch; unknown labels do not count. */
export function normalizeWeights(
  weights: Expression,
  normalization: WeightNormalization,
  isUnknown: Condition,
): Expression {
  if (normalization === 'none') return weights
  const largestOfRow = max(select(isUnknown, 0, weights), 'classes')
  const largest = normalization === 'instance' ? largestOfRow : max(largestOfRow, 'batch')
  // A row without known labels has no maximum above 0, and no element that would use it.
  const positive = select(less(0, largest), largest, 1)
  return named('\\hat w', divide(weights, positive))
}
