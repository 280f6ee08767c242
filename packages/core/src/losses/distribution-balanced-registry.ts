import type { LabelStatistics } from '../labels/index.ts'
import type { Loss } from '../loss.ts'
import { binaryCrossEntropy } from './binary-cross-entropy.ts'
import { classBalancedLoss } from './class-balanced.ts'
import { distributionBalancedLoss } from './distribution-balanced.ts'
import { focalLoss } from './focal.ts'
import { inverseFrequencyLoss } from './inverse-frequency.ts'
import { negativeTolerantLoss } from './negative-tolerant.ts'
import { rebalancedLoss } from './rebalanced.ts'
import type { LossRegistry } from './registry.ts'
import { fromReleasedConfig, type ReleasedConfig, type ReleasedConfigOptions } from './released-config.ts'

/** The Distribution-Balanced family by name, and from its records. */
export const distributionBalancedRegistry = {
  named: {
    'distribution-balanced': {
      title: 'DB-Focal',
      summary: 'the defaults of distributionBalancedLoss: re-balanced, negative-tolerant, focal (the same as db-focal)',
      create: (statistics) => distributionBalancedLoss(statistics),
    },
    db: {
      title: 'DB',
      summary: 'Distribution-Balanced loss without the focal factor; often the best for a linear head',
      create: (statistics) => distributionBalancedLoss(statistics, { gamma: 0 }),
    },
    'db-focal': {
      title: 'DB-Focal',
      summary: 'Distribution-Balanced loss as published, with the focal factor',
      create: (statistics) => distributionBalancedLoss(statistics),
    },
    bce: {
      title: 'BCE',
      summary: 'binary cross-entropy, the baseline',
      create: () => binaryCrossEntropy(),
    },
    focal: {
      title: 'Focal',
      summary: 'focal loss: easy elements count less',
      create: () => focalLoss(),
    },
    'r-bce': {
      title: 'R-BCE',
      summary: 're-balanced weighting only; use it with the class-aware sampler',
      create: (statistics) => rebalancedLoss(statistics),
    },
    'r-bce-focal': {
      title: 'R-BCE-Focal',
      summary: 're-balanced weighting and focal factor',
      create: (statistics) => rebalancedLoss(statistics, { gamma: 2 }),
    },
    'nt-bce': {
      title: 'NT-BCE',
      summary: 'negative-tolerant regularisation only; works with any sampler',
      create: (statistics) => negativeTolerantLoss(statistics),
    },
    'nt-bce-focal': {
      title: 'NTR-Focal',
      summary: 'negative-tolerant regularisation and focal factor',
      create: (statistics) => negativeTolerantLoss(statistics, { gamma: 2 }),
    },
    'cb-focal': {
      title: 'CB-Focal',
      summary: 'focal loss weighted by the effective number of samples',
      create: (statistics) => classBalancedLoss(statistics),
    },
    inverse: {
      title: 'RW',
      summary: 'weights N/n by class',
      create: (statistics) => inverseFrequencyLoss(statistics),
    },
    'sqrt-inverse': {
      title: 'sqrt-RW',
      summary: 'weights √(N/n) by class',
      create: (statistics) => inverseFrequencyLoss(statistics, { exponent: 0.5 }),
    },
  },
  withStatistics: {
    'class-balanced': (options, statistics) => classBalancedLoss(statistics, options),
    'distribution-balanced': (options, statistics) => distributionBalancedLoss(statistics, options),
    'inverse-frequency': (options, statistics) => inverseFrequencyLoss(statistics, options),
    'negative-tolerant': (options, statistics) => negativeTolerantLoss(statistics, options),
    rebalanced: (options, statistics) => rebalancedLoss(statistics, options),
    'released-text': released,
    'released-vision': released,
  },
  withoutStatistics: {
    'binary-cross-entropy': (options) => binaryCrossEntropy(options),
    focal: (options) => focalLoss(options),
  },
} as const satisfies LossRegistry

function released(options: ReleasedConfig & ReleasedConfigOptions, statistics: LabelStatistics): Loss {
  const { implementation, ...config } = options
  return fromReleasedConfig(config, statistics, implementation === undefined ? {} : { implementation })
}
