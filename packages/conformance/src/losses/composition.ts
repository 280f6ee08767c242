import { composeLoss, parts } from '@dbloss/core'
import { type LossCase, lossCase } from './loss-case.ts'

/** Parts that no named loss puts together. */
export const compositionCases: readonly LossCase[] = [
  lossCase('re-balanced, negative-tolerant ASL', (statistics, { reduction }) =>
    composeLoss(statistics, {
      weights: parts.rebalanced({ mu: 0.3 }),
      logits: parts.negativeTolerant(),
      sides: parts.asymmetric(),
      reduction,
    }),
  ),
  lossCase('unbiased, class-balanced Focal', (statistics, { reduction }) =>
    composeLoss(statistics, {
      weights: parts.classBalanced({ beta: 0.999 }),
      sides: parts.focal(),
      missingLabels: parts.unbiased(Array.from({ length: statistics.classCount }, (_, index) => 1 / (1 + (index % 3)))),
      reduction,
    }),
  ),
]
