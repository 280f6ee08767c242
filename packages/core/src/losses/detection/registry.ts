import type { LossRegistry } from '../registry.ts'
import { dropLoss } from './drop.ts'
import { equalizationLoss } from './equalization.ts'
import { equalizationLossV2 } from './equalization-v2.ts'
import { seesawLoss } from './seesaw.ts'

/** The losses of this folder by name, and from their records. */
export const detectionRegistry = {
  named: {
    equalization: {
      title: 'EQL',
      summary: 'equalization loss: rare classes (n/N below 0.00177) are no negatives in rows of other classes',
      create: (statistics) => equalizationLoss(statistics),
    },
    drop: {
      title: 'DropLoss',
      summary: 'equalization loss that also drops negatives of rare classes in rows without labels, at random',
      create: (statistics) => dropLoss(statistics),
    },
    'equalization-v2': {
      title: 'EQL v2',
      summary: 'keeps the gradients of positives and negatives of each class in balance over the training',
      create: () => equalizationLossV2(),
    },
    seesaw: {
      title: 'Seesaw',
      summary: 'softmax that lowers the pressure on rare classes by running counts; for one label a row',
      create: () => seesawLoss(),
    },
  },
  withStatistics: {
    drop: (options, statistics) => dropLoss(statistics, options),
    equalization: (options, statistics) => equalizationLoss(statistics, options),
  },
  withoutStatistics: {
    'equalization-v2': (options) => equalizationLossV2(options),
    seesaw: (options) => seesawLoss(options),
  },
} as const satisfies LossRegistry
