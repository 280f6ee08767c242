import { DblossError } from '../errors.ts'
import type { LabelStatistics } from '../labels/index.ts'
import type { Loss } from '../loss.ts'
import { asymmetricRegistry } from './asymmetric/registry.ts'
import { binaryCrossEntropy } from './binary-cross-entropy.ts'
import { classBalancedLoss } from './class-balanced.ts'
import { detectionRegistry } from './detection/registry.ts'
import { distributionBalancedLoss } from './distribution-balanced.ts'
import { focalLoss } from './focal.ts'
import { incrementalRegistry } from './incremental/registry.ts'
import { inverseFrequencyLoss } from './inverse-frequency.ts'
import { logisticTargetsRegistry } from './logistic-targets/registry.ts'
import { logitAdjustmentRegistry } from './logit-adjustment/registry.ts'
import { marginRegistry } from './margin/registry.ts'
import { missingLabelsRegistry } from './missing-labels/registry.ts'
import { negativeTolerantLoss } from './negative-tolerant.ts'
import { pairwiseRegistry } from './pairwise/registry.ts'
import { rebalancedLoss } from './rebalanced.ts'
import type { NamedLoss } from './registry.ts'
import { sampledClassesRegistry } from './sampled-classes/registry.ts'

/** The losses that can be chosen by name, as on a command line, with their default parameters. */
export const namedLosses = {
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
  ...logitAdjustmentRegistry.named,
  ...pairwiseRegistry.named,
  ...marginRegistry.named,
  ...detectionRegistry.named,
  ...missingLabelsRegistry.named,
  ...sampledClassesRegistry.named,
  ...asymmetricRegistry.named,
  ...logisticTargetsRegistry.named,
  ...incrementalRegistry.named,
} as const satisfies Readonly<Record<string, NamedLoss>>

/** A name in {@link namedLosses}. */
export type LossName = keyof typeof namedLosses

/** Whether a text names a loss. */
export function isLossName(name: string): name is LossName {
  return Object.hasOwn(namedLosses, name)
}

/**
 * The loss of that name with its default parameters.
 *
 * @throws DblossError `argument` for an unknown name, listing the known ones; `statistics` as the loss itself.
 */
export function namedLoss(name: string, statistics: LabelStatistics): Loss {
  if (!isLossName(name)) {
    const expected = Object.keys(namedLosses).join(', ')
    throw new DblossError('argument', `there is no loss '${name}'; known are ${expected}`, {
      argument: 'loss',
      found: name,
      expected,
    })
  }
  return namedLosses[name].create(statistics)
}
