import {
  binaryCrossEntropy,
  classBalancedLoss,
  distributionBalancedLoss,
  focalLoss,
  inverseFrequencyLoss,
  negativeTolerantLoss,
  rebalancedLoss,
} from '@dbloss/core'
import { type LossCase, lossCase } from './loss-case.ts'

/** The Distribution-Balanced family with its variants, modes and normalisations. */
export const distributionBalancedCases: readonly LossCase[] = [
  lossCase('BCE', (_, options) => binaryCrossEntropy(options)),
  lossCase('BCE, hard labels', (_, options) => binaryCrossEntropy({ hardLabels: true, ...options }), {
    softLabels: false,
  }),
  lossCase('BCE with class weights', ({ classCount }, options) =>
    binaryCrossEntropy({ classWeights: Array.from({ length: classCount }, (_, index) => 1 / (1 + index)), ...options }),
  ),
  lossCase('Focal', (_, options) => focalLoss(options)),
  lossCase('Focal, γ 0.5', (_, options) => focalLoss({ gamma: 0.5, ...options })),
  lossCase('Focal, α-balanced', (_, options) => focalLoss({ balance: { positive: 0.25, negative: 0.75 }, ...options })),
  lossCase('R-BCE', (statistics, options) => rebalancedLoss(statistics, { mu: 0.3, ...options })),
  lossCase('R-BCE-Focal', (statistics, options) => rebalancedLoss(statistics, { mu: 0.3, gamma: 2, ...options })),
  lossCase('NT-BCE', (statistics, options) => negativeTolerantLoss(statistics, options)),
  lossCase('NTR-Focal', (statistics, options) => negativeTolerantLoss(statistics, { gamma: 2, ...options })),
  lossCase('DB', (statistics, options) => distributionBalancedLoss(statistics, { mu: 0.3, gamma: 0, ...options })),
  lossCase('DB-Focal', (statistics, options) => distributionBalancedLoss(statistics, { mu: 0.3, ...options })),
  lossCase(
    'DB-Focal, hard labels',
    (statistics, options) => distributionBalancedLoss(statistics, { mu: 0.3, hardLabels: true, ...options }),
    { softLabels: false },
  ),
  lossCase('DB-Focal, released, λ 5', (statistics, options) =>
    distributionBalancedLoss(statistics, { mu: 0.3, lambda: 5, variant: 'released', ...options }),
  ),
  lossCase('DB-Focal by instance', (statistics, options) =>
    distributionBalancedLoss(statistics, { mu: 0.3, weightNormalization: 'instance', ...options }),
  ),
  lossCase('DB-Focal by batch', (statistics, options) =>
    distributionBalancedLoss(statistics, { mu: 0.3, weightNormalization: 'batch', ...options }),
  ),
  ...(['by-class', 'average-n', 'average-w', 'min-n'] as const).map((mode) =>
    lossCase(`CB-Focal, ${mode}`, (statistics, options) =>
      classBalancedLoss(statistics, { mode, beta: 0.999, ...options }),
    ),
  ),
  lossCase('CB-NTR', (statistics, options) => classBalancedLoss(statistics, { negativeTolerant: {}, ...options })),
  lossCase('RW', (statistics, options) => inverseFrequencyLoss(statistics, options)),
  lossCase('sqrt-RW', (statistics, options) => inverseFrequencyLoss(statistics, { exponent: 0.5, ...options })),
]
