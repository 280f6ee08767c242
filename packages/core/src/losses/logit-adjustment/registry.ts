import type { LossRegistry } from '../registry.ts'
import { balancedSoftmaxLoss } from './balanced-softmax.ts'
import { logitAdjustedSigmoidLoss } from './logit-adjusted-sigmoid.ts'
import { logitAdjustedSoftmaxLoss } from './logit-adjusted-softmax.ts'

/** The losses of this folder by name, and from their records. */
export const logitAdjustmentRegistry = {
  named: {
    'logit-adjusted': {
      title: 'Logit-adjusted BCE',
      summary: 'binary cross-entropy with the prior log-odds of each class added to its logit',
      create: (statistics) => logitAdjustedSigmoidLoss(statistics),
    },
    'logit-adjusted-softmax': {
      title: 'Logit-adjusted softmax',
      summary: 'softmax cross-entropy with the log prior of each class added; ranks, without a threshold at 0',
      create: (statistics) => logitAdjustedSoftmaxLoss(statistics),
    },
    'balanced-softmax': {
      title: 'Balanced softmax',
      summary: 'softmax weighted by class counts, the same as logit-adjusted-softmax with tau 1',
      create: (statistics) => balancedSoftmaxLoss(statistics),
    },
  },
  withStatistics: {
    'balanced-softmax': (options, statistics) => balancedSoftmaxLoss(statistics, options),
    'logit-adjusted-sigmoid': (options, statistics) => logitAdjustedSigmoidLoss(statistics, options),
    'logit-adjusted-softmax': (options, statistics) => logitAdjustedSoftmaxLoss(statistics, options),
  },
  withoutStatistics: {},
} as const satisfies LossRegistry
