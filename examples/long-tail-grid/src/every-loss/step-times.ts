import { type LossName, labelStatistics, namedLoss } from '@dbloss/core'
import { trainHead, transformersRuntime } from '@dbloss/transformers'
import type { Task } from '../grid.ts'
import { takeRows } from '../subsets.ts'

const ROUNDS = 5
const STEPS = 20

/**
 * Milliseconds of a training step with each loss: the median over rounds in which the losses take turns, so that what else the machine
 * does falls on all of them. The first round, which compiles, is not counted.
 */
export async function stepTimes(
  { training, classCount, featureScaling, settings }: Task,
  losses: readonly LossName[],
): Promise<ReadonlyMap<LossName, number>> {
  const ort = await transformersRuntime()
  const { batchSize = 128 } = settings
  const rows = training.labels.map((_, row) => row).slice(0, STEPS * batchSize)
  const few = takeRows(training, rows, training.features.length / training.labels.length)
  const epochs = Math.max(1, Math.round((STEPS * batchSize) / rows.length))
  const statistics = labelStatistics(training.labels, { classCount })
  const times = new Map<LossName, number[]>(losses.map((loss) => [loss, []]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of losses) {
      const started = performance.now()
      const loss = namedLoss(name, statistics)
      await trainHead({ ...settings, batchSize, ...few, ort, classCount, featureScaling, loss, epochs })
      const steps = epochs * Math.ceil(rows.length / batchSize)
      if (round > 0) times.get(name)!.push((performance.now() - started) / steps)
    }
  }
  return new Map([...times].map(([name, own]) => [name, own.sort((a, b) => a - b)[Math.floor(own.length / 2)]!]))
}
