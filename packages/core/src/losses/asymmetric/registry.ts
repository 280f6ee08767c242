import type { LossRegistry } from '../registry.ts'
import { asymmetricLoss } from './asymmetric.ts'
import { hillLoss } from './hill.ts'

/** The losses of this folder by name, and from their records. */
export const asymmetricRegistry = {
  named: {
    asymmetric: {
      title: 'ASL',
      summary: 'asymmetric loss: a focal factor for each side, and easy negatives cost nothing',
      create: () => asymmetricLoss(),
    },
    hill: {
      title: 'Hill',
      summary: 'for labels of which positives are missing: negatives that look positive pull less',
      create: () => hillLoss(),
    },
  },
  withStatistics: {},
  withoutStatistics: {
    asymmetric: (options) => asymmetricLoss(options),
    hill: (options) => hillLoss(options),
  },
} as const satisfies LossRegistry
