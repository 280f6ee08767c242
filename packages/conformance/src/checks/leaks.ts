import { conformanceBatch } from '../data.ts'
import { typicalLoss } from '../losses/all-losses.ts'
import type { Check } from '../result.ts'

const CYCLES = 20

/** Compiling, evaluating and disposing again and again leaves nothing behind. */
export const leakChecks: readonly Check[] = [
  {
    group: 'leaks',
    name: `${CYCLES} cycles of compile, evaluate and dispose`,
    run: async ({ adapter, liveObjects }) => {
      if (liveObjects === undefined)
        return { notSupported: 'liveObjects was not given, so that leaks cannot be counted' }
      const batch = conformanceBatch(4, 5)
      const cycle = async (): Promise<void> => {
        const compiled = await adapter.compile(typicalLoss.create(batch.statistics))
        await compiled.evaluate(batch)
        await compiled.evaluate(batch)
        await compiled.dispose?.()
      }
      // The first cycle may fill caches.
      await cycle()
      const before = liveObjects()
      for (let index = 0; index < CYCLES; index++) await cycle()
      const after = liveObjects()
      if (after > before)
        throw new Error(`${after - before} objects more after ${CYCLES} cycles: ${before}, then ${after}`)
    },
  },
]
