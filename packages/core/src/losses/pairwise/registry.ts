import type { LossRegistry } from '../registry.ts'
import { twoWayLoss } from './two-way.ts'
import { zlprLoss } from './zlpr.ts'

/** The losses of this folder by name, and from their records. */
export const pairwiseRegistry = {
  named: {
    zlpr: {
      title: 'ZLPR',
      summary: 'positives above 0 and above every negative of the row, negatives below 0',
      create: () => zlprLoss(),
    },
    'two-way': {
      title: 'Two-way',
      summary: 'positives above negatives along rows and along classes of a batch; ranks, without a threshold at 0',
      create: () => twoWayLoss(),
    },
  },
  withStatistics: {},
  withoutStatistics: {
    'two-way': (options) => twoWayLoss(options),
    zlpr: (options) => zlprLoss(options),
  },
} as const satisfies LossRegistry
