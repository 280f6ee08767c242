import { classIncrementalLoss } from '@dbloss/core'
import { type LossCase, lossCase } from './loss-case.ts'

/** The losses of this group. */
export const incrementalCases: readonly LossCase[] = [
  lossCase(
    'CSC',
    ({ classCount }, options) => classIncrementalLoss({ classCount, oldClasses: [0, 2], ...options }),
    // Any numbers of the size of logits will do; these are exact in float32.
    { inputs: ({ labels }) => ({ teacherLogits: labels.map((_, index) => ((index * 7) % 13) / 2 - 3) }) },
  ),
]
