import { checkKinds } from '../compare.ts'
import { type ConformanceBatch, conformanceBatch } from '../data.ts'
import { type LossCase, withInputs } from '../losses/loss-case.ts'
import type { Check } from '../result.ts'

/** Where float32 functions saturate, underflow and would overflow. */
export const magnitudes: readonly number[] = [17, 40, 90, 800, 1e4]

export const magnitudeKind = (magnitude: number): string => `|z| = ${magnitude}`

/** Logits of one magnitude and both signs: mixed with others, the largest would set the tolerance for all. */
function batchOf(magnitude: number): ConformanceBatch {
  const batch = conformanceBatch(4, 6)
  return { ...batch, logits: batch.logits.map((logit) => Math.sign(logit) * magnitude) }
}

/** Losses with large logits: finite and right, gradients included. One compiled loss takes all magnitudes. */
export const extremeChecks = (losses: readonly LossCase[]): Check[] =>
  losses.map(
    (lossCase): Check => ({
      group: 'extremes',
      name: `|z| up to 1e4: ${lossCase.name}`,
      loss: lossCase.name,
      run: ({ adapter }) => {
        const kinds = magnitudes.map((magnitude) => ({
          kind: magnitudeKind(magnitude),
          batch: withInputs(lossCase, batchOf(magnitude)),
        }))
        return checkKinds(adapter.compile, lossCase.create(kinds[0]!.batch.statistics), kinds, {
          precision: adapter.precision,
          elements: adapter.supports.elements,
        })
      },
    }),
  )
