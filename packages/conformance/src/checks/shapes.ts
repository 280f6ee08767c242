import { checkLoss } from '../compare.ts'
import { conformanceBatch, conformanceStatistics } from '../data.ts'
import { typicalLoss } from '../losses/all-losses.ts'
import type { Check } from '../result.ts'

const shapes: readonly (readonly [batchSize: number, classCount: number])[] = [
  [1, 1],
  [1, 20],
  [32, 1],
  [3, 5],
  [17, 33],
  [2, 5000],
]

/** Shapes at the edges, and batches of different sizes through one compiled loss. */
export const shapeChecks: readonly Check[] = [
  ...shapes.map(
    ([batchSize, classCount]): Check => ({
      group: 'shapes',
      name: `${batchSize}×${classCount}`,
      loss: typicalLoss.name,
      run: ({ adapter }) =>
        checkLoss(
          adapter.compile,
          typicalLoss.create(conformanceStatistics(classCount)),
          [conformanceBatch(batchSize, classCount)],
          { precision: adapter.precision, elements: adapter.supports.elements },
        ),
    }),
  ),
  {
    group: 'shapes',
    name: 'the batch size changes between evaluations',
    loss: typicalLoss.name,
    run: ({ adapter }) =>
      checkLoss(
        adapter.compile,
        typicalLoss.create(conformanceStatistics(5)),
        [conformanceBatch(4, 5), conformanceBatch(9, 5), conformanceBatch(1, 5)],
        { precision: adapter.precision, elements: adapter.supports.elements },
      ),
  },
]
