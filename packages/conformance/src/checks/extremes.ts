import { checkLoss } from '../compare.ts'
import { type ConformanceBatch, conformanceBatch } from '../data.ts'
import { lossCases } from '../losses.ts'
import type { Check } from '../result.ts'

const magnitudes: readonly number[] = [17, 40, 90, 800, 1e4]

/** Logits of one magnitude and both signs: mixed with others, the largest would set the tolerance for all. */
function batchOf(magnitude: number): ConformanceBatch {
  const batch = conformanceBatch(4, 6)
  return { ...batch, logits: batch.logits.map((logit) => Math.sign(logit) * magnitude) }
}

/** Every loss with large logits: finite and right, gradients included. */
export const extremeChecks: readonly Check[] = magnitudes.flatMap((magnitude) =>
  lossCases.map(
    ({ name, create }): Check => ({
      group: 'extremes',
      name: `|z| = ${magnitude}: ${name}`,
      loss: name,
      run: ({ adapter }) => {
        const batch = batchOf(magnitude)
        return checkLoss(adapter.compile, create(batch.statistics), [batch], {
          precision: adapter.precision,
          elements: adapter.supports.elements,
        })
      },
    }),
  ),
)
