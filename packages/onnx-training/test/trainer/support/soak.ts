import { expect } from 'vitest'
import { adamW, type Ort, type OrtSessionOptions } from '../../../src/index.ts'
import { countingSessions } from '../../support/counting-sessions.ts'
import { createSmallTrainer } from './create.ts'
import { collect, liveTensors } from './live-tensors.ts'
import { smallBatch } from './small-batch.ts'
import { smallModel } from './small-model.ts'

/** Wide enough that what a step might leave behind is seen: the trained weights take 18 KB, with moments and averages 70 KB. */
const WIDE = 64
/** Caches are filled by then. */
const WARM_UP = 200
/** The pools of a GPU driver go on growing, more and more slowly, for a share of the steps. */
const SETTLING = 0.25
/** Allocators move resident memory by some 20 MB; one copy of the weights a step would take 50 MB over 1,500 steps. */
const LARGEST_GROWTH = 32e6

/**
 * Trains for many steps in all the ways there are, and compares what is held at the end with what was held after
 * {@link WARM_UP} steps: the same sessions and tensors, and resident memory within {@link LARGEST_GROWTH} once it has settled.
 */
export async function soak(runtime: Ort, steps: number, sessionOptions: OrtSessionOptions): Promise<void> {
  const sessions = countingSessions(runtime)
  const tensors = liveTensors(sessions.ort)
  const trainer = await createSmallTrainer({
    ...{ ort: tensors.ort, model: smallModel('float32', WIDE), sessionOptions, recomputedStretches: 2 },
    ...{ optimizer: adamW({ learningRate: 1e-4 }), averageDecay: 0.99 },
  })
  const frozen = await trainer.precompute(smallBatch(4, 0))
  const stepsUntil = async (end: number): Promise<void> => {
    while (trainer.stepCount < end) {
      const batch = smallBatch(4, trainer.stepCount)
      const way = trainer.stepCount % 4
      if (way === 0) await trainer.step([batch, batch])
      else if (way === 1) await trainer.step({ ...frozen, labels: batch.labels })
      else await trainer.step(batch)
      if (way === 2) await trainer.evaluate(batch, 'averaged')
      if (trainer.stepCount % 100 === 0) trainer.restore(await trainer.state())
    }
  }
  const held = async () => {
    await collect()
    return { sessions: sessions.liveSessions(), inMemory: tensors.inMemory(), onDevice: tensors.onDevice() }
  }
  await stepsUntil(WARM_UP)
  const before = await held()
  const settled = Math.max(WARM_UP, Math.round(SETTLING * steps))
  await stepsUntil(settled)
  await collect()
  const residentBefore = outsideHeap()
  await stepsUntil(steps)
  expect(await held()).toEqual(before)
  const growth = outsideHeap() - residentBefore
  expect(growth, `growth of resident memory over ${steps - settled} steps`).toBeLessThan(LARGEST_GROWTH)
  await trainer.dispose()
  expect(await held()).toEqual({ sessions: 0, inMemory: 0, onDevice: 0 })
}

/** Resident memory without the heap of JavaScript, which grows and shrinks as the collector likes: tensors lie outside of it. */
function outsideHeap(): number {
  const { rss, heapTotal } = process.memoryUsage()
  return rss - heapTotal
}
