import type { LossRegistry, NamedLoss } from '../registry.ts'
import { type LogisticTarget, multiLabelLogisticLoss } from './multi-label-logistic.ts'

const aimedAt = (target: LogisticTarget, title: string, summary: string): NamedLoss => ({
  title,
  summary,
  create: ({ classCount }) => multiLabelLogisticLoss({ target, classCount }),
})

/** The losses of this folder by name, and from their records. */
export const logisticTargetsRegistry = {
  named: {
    'logistic-hamming': /* @__PURE__ */ aimedAt(
      'hamming',
      'Logistic (Hamming)',
      'multi-label logistic loss for the share of right labels',
    ),
    'logistic-subset': /* @__PURE__ */ aimedAt(
      'subset',
      'Logistic (subset)',
      'multi-label logistic loss for rows with all labels right',
    ),
    'logistic-f1': /* @__PURE__ */ aimedAt('f1', 'Logistic (F1)', 'multi-label logistic loss for F1 of the rows'),
    'logistic-jaccard': /* @__PURE__ */ aimedAt(
      'jaccard',
      'Logistic (Jaccard)',
      'multi-label logistic loss for Jaccard of the rows',
    ),
  },
  withStatistics: {},
  withoutStatistics: { 'multi-label-logistic': (options) => multiLabelLogisticLoss(options) },
} as const satisfies LossRegistry
