import {
  binaryCrossEntropy,
  classBalancedLoss,
  distributionBalancedLoss,
  focalLoss,
  type LabelStatistics,
  type Loss,
  negativeTolerantLoss,
} from '@dbloss/core'
import { measured } from '../data.ts'
import { plainLoop } from '../plain-loop.ts'
import {
  type PlainLoop,
  plainClassBalanced,
  plainCrossEntropy,
  plainFocal,
  plainNegativeTolerant,
} from './plain-loops.ts'

/** One loss in every language; PyTorch's has the same name in `pytorch/kernels.py`. */
export interface KernelCase {
  readonly name: string
  loss(statistics: LabelStatistics): Loss
  plain(statistics: LabelStatistics): PlainLoop
}

export const distributionBalancedCase: KernelCase = {
  name: 'DB-Focal',
  loss: (statistics) => distributionBalancedLoss(statistics, measured),
  plain: plainLoop,
}

export const kernelCases: readonly KernelCase[] = [
  distributionBalancedCase,
  { name: 'BCE', loss: () => binaryCrossEntropy(), plain: plainCrossEntropy },
  { name: 'NT-BCE', loss: (statistics) => negativeTolerantLoss(statistics), plain: plainNegativeTolerant },
  { name: 'Focal', loss: () => focalLoss(), plain: plainFocal },
  { name: 'CB-Focal', loss: (statistics) => classBalancedLoss(statistics), plain: plainClassBalanced },
]

/** [batchSize, classCount] */
export const sizes = [
  [32, 20],
  [256, 80],
  [128, 1000],
  [64, 18211],
] as const
