import type { Reduction } from '@dbloss/core'
import { checkLoss } from '../compare.ts'
import { conformanceBatch } from '../data.ts'
import { lossCases } from '../losses.ts'
import type { Check } from '../result.ts'

const reductions: readonly Reduction[] = ['mean', 'sum', 'batchmean', 'none']

/** Every loss with every reduction. */
export const lossChecks: readonly Check[] = lossCases.flatMap(({ name, create }) =>
  reductions.map(
    (reduction): Check => ({
      group: 'losses',
      name: `${name}, ${reduction}`,
      loss: name,
      reduction,
      run: ({ adapter }) => {
        const batch = conformanceBatch(6, 7)
        return checkLoss(adapter.compile, create(batch.statistics, reduction), [batch], {
          precision: adapter.precision,
          elements: adapter.supports.elements,
        })
      },
    }),
  ),
)
