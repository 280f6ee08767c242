import type { DistributionBalancedOptions } from './distribution-balanced.ts'

const text = {
  alpha: 0.1,
  beta: 10,
  lambda: 2,
  kappa: 0.05,
  gamma: 2,
  balance: { positive: 0.5, negative: 0.5 },
} as const

/**
 * Published hyper-parameters of the Distribution-Balanced loss, for `distributionBalancedLoss(statistics, presets.vocMlt)`.
 * VOC-MLT and COCO-MLT: Wu et al., ECCV 2020, section 4.1. Reuters and PubMed: Huang et al., EMNLP 2021, and their code.
 */
export const presets = {
  vocMlt: { alpha: 0.1, beta: 10, mu: 0.3, lambda: 5, kappa: 0.05, gamma: 2, balance: 2 },
  cocoMlt: { alpha: 0.1, beta: 10, mu: 0.2, lambda: 2, kappa: 0.05, gamma: 2, balance: 2 },
  reuters: { ...text, mu: 0.9 },
  pubmed: { ...text, mu: 0.05 },
} as const satisfies Readonly<Record<string, DistributionBalancedOptions>>
