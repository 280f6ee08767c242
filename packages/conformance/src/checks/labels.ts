import { checkKinds } from '../compare.ts'
import { type ConformanceBatch, conformanceBatch } from '../data.ts'
import { type LossCase, withInputs } from '../losses/loss-case.ts'
import type { Check } from '../result.ts'

/** Kinds of labels that losses meet beside 0 and 1. */
export const labelKinds: Readonly<Record<string, (batch: ConformanceBatch) => ConformanceBatch>> = {
  'soft labels': (batch) => ({ ...batch, labels: batch.labels.map((label, index) => (index % 3 === 0 ? 0.3 : label)) }),
  'unknown labels': (batch) => ({
    ...batch,
    labels: batch.labels.map((label, index) => (index % 3 === 0 ? -1 : label)),
  }),
  'unknown labels with NaN logits': (batch) => ({
    ...batch,
    labels: batch.labels.map((label, index) => (index % 3 === 0 ? -1 : label)),
    logits: batch.logits.map((logit, index) => (index % 3 === 0 ? Number.NaN : logit)),
  }),
  'a row of unknown labels': (batch) => ({
    ...batch,
    labels: batch.labels.map((label, index) => (index < 7 ? -1 : label)),
  }),
  'a row without positives': (batch) => ({
    ...batch,
    labels: batch.labels.map((label, index) => (index < 7 ? 0 : label)),
  }),
  'a batch without known labels': (batch) => ({
    ...batch,
    labels: batch.labels.map(() => -1),
    logits: batch.logits.map((logit, index) => (index % 2 === 0 ? Number.NaN : logit)),
  }),
}

/**
 * Losses with soft and unknown labels, and rows without positives; losses for hard labels are spared the soft ones. One
 * compiled loss takes all kinds.
 */
export const labelChecks = (losses: readonly LossCase[]): Check[] =>
  losses.map(
    (lossCase): Check => ({
      group: 'labels',
      name: `soft and unknown labels, rows without positives: ${lossCase.name}`,
      loss: lossCase.name,
      run: ({ adapter }) => {
        const batch = conformanceBatch(6, 7)
        const own = Object.entries(labelKinds)
          .filter(([kind]) => kind !== 'soft labels' || lossCase.softLabels)
          .map(([kind, change]) => ({ kind, batch: withInputs(lossCase, change(batch)) }))
        return checkKinds(adapter.compile, lossCase.create(batch.statistics), own, {
          precision: adapter.precision,
          elements: adapter.supports.elements,
        })
      },
    }),
  )
