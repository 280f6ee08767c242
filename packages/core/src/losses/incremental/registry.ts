import type { LossRegistry } from '../registry.ts'
import { classIncrementalLoss } from './class-incremental.ts'

/** The losses of this folder from their records; none can be chosen by name, since they need a teacher. */
export const incrementalRegistry = {
  named: {},
  withStatistics: {},
  withoutStatistics: { 'class-incremental': (options) => classIncrementalLoss(options) },
} as const satisfies LossRegistry
