import { checkLoss } from '../compare.ts'
import { conformanceBatch } from '../data.ts'
import { typicalLoss } from '../losses/all-losses.ts'
import type { Check } from '../result.ts'

/** What happens to the caller's arrays, and to results that were given out. */
export const arrayChecks: readonly Check[] = [
  {
    group: 'arrays',
    name: "the caller's arrays are untouched",
    run: async ({ adapter }) => {
      const { logits, labels, batchSize, statistics } = conformanceBatch(4, 5)
      labels[3] = -1
      const copies = { logits: logits.slice(), labels: labels.slice() }
      const compiled = await adapter.compile(typicalLoss.create(statistics))
      await compiled.evaluate({ logits, labels, batchSize })
      await compiled.dispose?.()
      for (const [name, now, before] of [
        ['logits', logits, copies.logits],
        ['labels', labels, copies.labels],
      ] as const) {
        const changed = now.findIndex((value, index) => value !== before[index])
        if (changed >= 0) throw new Error(`${name}[${changed}] was ${before[changed]} and is ${now[changed]} now`)
      }
    },
  },
  {
    group: 'arrays',
    name: 'Float64Array is accepted like Float32Array',
    run: async ({ adapter }) => {
      const { logits, labels, batchSize, statistics } = conformanceBatch(4, 5)
      const loss = typicalLoss.create(statistics)
      const batch = { logits: Float64Array.from(logits), labels: Float64Array.from(labels), batchSize }
      await checkLoss(adapter.compile, loss, [batch], {
        precision: adapter.precision,
        elements: adapter.supports.elements,
      })
    },
  },
  {
    group: 'arrays',
    name: 'results are not overwritten by the next evaluation',
    run: async ({ adapter }) => {
      const batch = conformanceBatch(4, 5)
      const compiled = await adapter.compile(typicalLoss.create(batch.statistics))
      const first = await compiled.evaluate(batch)
      const copy = Array.from(first.gradient)
      await compiled.evaluate(conformanceBatch(4, 5, 2))
      await compiled.dispose?.()
      const changed = copy.findIndex((value, index) => value !== first.gradient[index])
      if (changed >= 0) {
        throw new Error(
          `gradient[${changed}] of the first evaluation was ${copy[changed]}; the second made it ${first.gradient[changed]}`,
        )
      }
    },
  },
]
