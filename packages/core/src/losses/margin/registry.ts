import type { LossRegistry } from '../registry.ts'
import { ldamLoss } from './ldam.ts'

/** The losses of this folder by name, and from their records. */
export const marginRegistry = {
  named: {
    ldam: {
      title: 'LDAM',
      summary:
        'binary cross-entropy with a margin that grows as a class gets rarer; for cosine logits, scale=1 otherwise',
      create: (statistics) => ldamLoss(statistics),
    },
  },
  withStatistics: {
    ldam: (options, statistics) => ldamLoss(statistics, options),
  },
  withoutStatistics: {},
} as const satisfies LossRegistry
