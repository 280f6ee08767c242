import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LossName, labelStatistics, namedLoss, namedLosses } from '@dbloss/core'
import { applyHead, type SamplerName, trainHead, transformersRuntime } from '@dbloss/transformers'
import { samplers, type Task } from '../grid.ts'
import type { BenchmarkTask } from './benchmark-tasks.ts'

/** Every name but the one that stands for another. */
export const everyLoss = (Object.keys(namedLosses) as LossName[]).filter((name) => name !== 'distribution-balanced')

/** What a loss with a sampler gave on each run of a task. */
export interface TrainedLoss {
  readonly loss: LossName
  readonly sampler: SamplerName
  /** The scores of the test samples, row-major [N, C], a run each. */
  readonly scores: readonly Float32Array[]
  /** Of training, all runs together. */
  readonly seconds: number
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
    let seconds = 0
    for (const [index, run] of task.runs.entries()) {
      const file = join(folder, `${task.name}-${index}-${sampler}-${loss}`)
      const result = readScores(file) ?? writeScores(file, await train(run, loss, sampler))
      scores.push(result.scores)
      seconds += result.seconds
    }
    trained.push({ loss, sampler, scores, seconds })
    const left = ((Date.now() - started) / trained.length) * (cells.length - trained.length)
    onProgress(
      `${task.name}: ${trained.length} of ${cells.length} (${loss}, ${sampler}, ${seconds.toFixed(1)} s); about ${(left / 60_000).toFixed(0)} minutes left`,
    )
  }
  return trained
}

interface Scores {
  readonly scores: Float32Array
  readonly seconds: number
}

async function train(
  { training, test, classCount, featureScaling, settings }: Task,
  name: LossName,
  sampler: SamplerName,
): Promise<Scores> {
  const ort = await transformersRuntime()
  const loss = namedLoss(name, labelStatistics(training.labels, { classCount }))
  const started = performance.now()
  const { head } = await trainHead({ ...settings, ...training, ort, classCount, featureScaling, loss, sampler })
  return { seconds: (performance.now() - started) / 1000, scores: Float32Array.from(applyHead(head, test.features)) }
}

function readScores(file: string): Scores | undefined {
  if (!existsSync(`${file}.json`)) return undefined
  const { seconds } = JSON.parse(readFileSync(`${file}.json`, 'utf8')) as { seconds: number }
  const bytes = readFileSync(`${file}.f32`)
  return {
    seconds,
    scores: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
  }
}

/** The scores first: the small file says that they are whole. */
function writeScores(file: string, result: Scores): Scores {
  writeFileSync(`${file}.f32`, new Uint8Array(result.scores.buffer))
  writeFileSync(`${file}.partial`, JSON.stringify({ seconds: result.seconds }))
  renameSync(`${file}.partial`, `${file}.json`)
  return result
}
