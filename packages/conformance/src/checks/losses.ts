import { checkLoss } from '../compare.ts'
import { conformanceBatch } from '../data.ts'
import { type LossCase, withInputs } from '../losses/loss-case.ts'
import type { Check } from '../result.ts'

/** Losses with every reduction. */
export const lossChecks = (losses: readonly LossCase[]): Check[] =>
  losses.flatMap((lossCase) =>
    lossCase.reductions.map(
      (reduction): Check => ({
        group: 'losses',
        name: `${lossCase.name}, ${reduction}`,
        loss: lossCase.name,
        reduction,
        run: ({ adapter }) => {
          const batch = conformanceBatch(6, 7)
          return checkLoss(
            adapter.compile,
            lossCase.create(batch.statistics, reduction),
            [withInputs(lossCase, batch)],
            { precision: adapter.precision, elements: adapter.supports.elements },
          )
        },
      }),
    ),
  )
