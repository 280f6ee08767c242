import { type CompiledLoss, type LabelStatistics, type Loss, statisticsFromCounts } from '@dbloss/core'
import { compareWithReference } from '../compare.ts'
import { conformanceBatch } from '../data.ts'
import { lossCases, typicalLoss } from '../losses/all-losses.ts'
import type { Check, CheckContext } from '../result.ts'

/** Evaluates compiled losses in turn, twice, and compares each with its own reference. */
async function interleaved({ adapter }: CheckContext, losses: readonly Loss[]): Promise<void> {
  const batch = conformanceBatch(4, 5)
  const compiled: { loss: Loss; target: CompiledLoss }[] = []
  try {
    for (const loss of losses) compiled.push({ loss, target: await adapter.compile(loss) })
    for (const { loss, target } of [...compiled, ...compiled]) {
      await compareWithReference(loss, batch, target, {
        precision: adapter.precision,
        elements: adapter.supports.elements,
      })
    }
  } finally {
    for (const { target } of compiled) await target.dispose?.()
  }
}

/** The same classes with other counts: a compiled loss must keep its own. */
function otherStatistics({ classCount }: LabelStatistics): LabelStatistics {
  return statisticsFromCounts({
    sampleCount: 1000,
    classCounts: Array.from({ length: classCount }, (_, index) => 10 + 100 * index),
  })
}

/** Several compiled losses at once: constants, caches and names must not meet. */
export const stateChecks: readonly Check[] = [
  {
    group: 'state',
    name: 'the same loss for two sets of statistics',
    run: (context) => {
      const { statistics } = conformanceBatch(4, 5)
      return interleaved(context, [typicalLoss.create(statistics), typicalLoss.create(otherStatistics(statistics))])
    },
  },
  {
    group: 'state',
    name: 'different losses in turn',
    run: (context) => {
      const { statistics } = conformanceBatch(4, 5)
      const names = ['BCE', 'DB-Focal', 'CB-Focal, min-n']
      return interleaved(
        context,
        lossCases.filter(({ name }) => names.includes(name)).map(({ create }) => create(statistics)),
      )
    },
  },
  {
    group: 'state',
    name: 'evaluations that are started together',
    run: async ({ adapter }) => {
      const batches = [1, 2, 3].map((seed) => conformanceBatch(3, 5, seed))
      const loss = typicalLoss.create(batches[0]!.statistics)
      const compiled = await adapter.compile(loss)
      try {
        await Promise.all(
          batches.map((batch) =>
            compareWithReference(loss, batch, compiled, {
              precision: adapter.precision,
              elements: adapter.supports.elements,
            }),
          ),
        )
      } finally {
        await compiled.dispose?.()
      }
    },
  },
]
