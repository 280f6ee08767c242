import {
  binaryCrossEntropy,
  classBalancedLoss,
  distributionBalancedLoss,
  focalLoss,
  inverseFrequencyLoss,
  type LabelStatistics,
  type Loss,
  negativeTolerantLoss,
  type Reduction,
  rebalancedLoss,
} from '../../src/index.ts'

interface LossCase {
  readonly title: string
  readonly create: (statistics: LabelStatistics, common: { reduction?: Reduction; hardLabels?: boolean }) => Loss
}

/** Every loss with every variant, mode and normalisation. */
export const allLosses: readonly LossCase[] = [
  { title: 'BCE', create: (_, common) => binaryCrossEntropy(common) },
  { title: 'focal', create: (_, common) => focalLoss(common) },
  { title: 'focal γ 0.5', create: (_, common) => focalLoss({ gamma: 0.5, ...common }) },
  {
    title: 'focal α 0.25',
    create: (_, common) => focalLoss({ balance: { positive: 0.25, negative: 0.75 }, ...common }),
  },
  { title: 'R-BCE', create: (statistics, common) => rebalancedLoss(statistics, { mu: 0.3, ...common }) },
  {
    title: 'R-BCE-Focal',
    create: (statistics, common) => rebalancedLoss(statistics, { mu: 0.3, gamma: 2, ...common }),
  },
  { title: 'NT-BCE', create: (statistics, common) => negativeTolerantLoss(statistics, common) },
  {
    title: 'NTR-Focal λ 5',
    create: (statistics, common) => negativeTolerantLoss(statistics, { lambda: 5, gamma: 2, ...common }),
  },
  {
    title: 'DB',
    create: (statistics, common) => distributionBalancedLoss(statistics, { mu: 0.3, gamma: 0, ...common }),
  },
  { title: 'DB-Focal', create: (statistics, common) => distributionBalancedLoss(statistics, { mu: 0.3, ...common }) },
  {
    title: 'DB-Focal released, γ 0.5',
    create: (statistics, common) =>
      distributionBalancedLoss(statistics, { mu: 0.3, gamma: 0.5, variant: 'released', ...common }),
  },
  ...(['instance', 'batch'] as const).map(
    (weightNormalization): LossCase => ({
      title: `DB-Focal normalised by ${weightNormalization}`,
      create: (statistics, common) => distributionBalancedLoss(statistics, { mu: 0.3, weightNormalization, ...common }),
    }),
  ),
  ...(['by-class', 'average-n', 'average-w', 'min-n'] as const).map(
    (mode): LossCase => ({
      title: `CB-Focal ${mode}`,
      create: (statistics, common) => classBalancedLoss(statistics, { beta: 0.99, mode, ...common }),
    }),
  ),
  {
    title: 'CB-NTR',
    create: (statistics, common) => classBalancedLoss(statistics, { negativeTolerant: {}, ...common }),
  },
  { title: 'RW', create: (statistics, common) => inverseFrequencyLoss(statistics, common) },
  { title: 'sqrt-RW', create: (statistics, common) => inverseFrequencyLoss(statistics, { exponent: 0.5, ...common }) },
]

/** All the ways of reducing. */
export const allReductions: readonly Reduction[] = ['mean', 'sum', 'batchmean', 'none']
