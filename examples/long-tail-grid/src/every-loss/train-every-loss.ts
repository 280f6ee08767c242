import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type LossName, namedLoss, namedLosses } from '@dbloss/core'
import type { SamplerName } from '@dbloss/transformers'
import { samplers } from '../grid.ts'
import type { BenchmarkTask } from './benchmark-tasks.ts'
import { trainedScores } from './trained-scores.ts'

/** Every name but the one that stands for another. */
export const everyLoss = (Object.keys(namedLosses) as LossName[]).filter((name) => name !== 'distribution-balanced')

/** What a loss with a sampler gave on each run of a task. */
export interface TrainedLoss {
  readonly loss: LossName
  readonly sampler: SamplerName
  /** The scores of the test samples, row-major [N, C], a run each. */
  readonly scores: readonly Float32Array[]
}

/** Trains a head with every loss and both samplers. What is in the folder already is taken from there. */
export async function trainEveryLoss(
  task: BenchmarkTask,
  folder: string,
  onProgress: (text: string) => void,
): Promise<TrainedLoss[]> {
  mkdirSync(folder, { recursive: true })
  const cells = samplers.flatMap((sampler) => everyLoss.map((loss) => ({ loss, sampler })))
  const trained: TrainedLoss[] = []
  const started = Date.now()
  for (const { loss, sampler } of cells) {
    const scores: Float32Array[] = []
    for (const [index, run] of task.runs.entries()) {
      const file = join(folder, `${task.name}-${index}-${sampler}-${loss}.f32`)
      scores.push(await trainedScores(file, run, sampler, (statistics) => namedLoss(loss, statistics)))
    }
    trained.push({ loss, sampler, scores })
    const minutesLeft = ((Date.now() - started) / trained.length / 60_000) * (cells.length - trained.length)
    onProgress(
      `${task.name}: ${trained.length} of ${cells.length} (${loss}, ${sampler}); ` +
        `about ${Math.ceil(minutesLeft)} minutes left of this data set`,
    )
  }
  return trained
}
