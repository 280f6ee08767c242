import { checkLoss } from '../compare.ts'
import { type ConformanceBatch, conformanceBatch } from '../data.ts'
import { lossCases } from '../losses.ts'
import type { Check } from '../result.ts'

/** Kinds of labels that losses meet beside 0 and 1. */
const kinds: Readonly<Record<string, (batch: ConformanceBatch) => ConformanceBatch>> = {
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

/** Every loss with soft and unknown labels, and rows without positives; losses for hard labels are left out of the soft ones. */
export const labelChecks: readonly Check[] = Object.entries(kinds).flatMap(([kind, change]) =>
  lossCases
    .filter(({ name }) => kind !== 'soft labels' || !name.includes('hard labels'))
    .map(
      ({ name, create }): Check => ({
        group: 'labels',
        name: `${kind}: ${name}`,
        loss: name,
        run: ({ adapter }) => {
          const batch = change(conformanceBatch(6, 7))
          return checkLoss(adapter.compile, create(batch.statistics), [batch], {
            precision: adapter.precision,
            elements: adapter.supports.elements,
          })
        },
      }),
    ),
)
