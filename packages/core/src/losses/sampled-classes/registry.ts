import type { LossRegistry } from '../registry.ts'
import { sampledLogisticLoss } from './sampled-logistic.ts'
import { sampledSoftmaxLoss } from './sampled-softmax.ts'

/** The losses of this folder from their records; none by name, as their inputs are the user's. */
export const sampledClassesRegistry = {
  named: {},
  withStatistics: {},
  withoutStatistics: {
    'sampled-logistic': (options) => sampledLogisticLoss(options),
    'sampled-softmax': (options) => sampledSoftmaxLoss(options),
  },
} as const satisfies LossRegistry
