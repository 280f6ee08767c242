import type { LossRegistry } from '../registry.ts'
import { composeLoss } from './compose-loss.ts'

/** Composed losses from their records; their parameters are their parts. */
export const compositionRegistry = {
  named: {},
  withStatistics: { composed: (options, statistics) => composeLoss(statistics, options) },
  withoutStatistics: {},
} as const satisfies LossRegistry
