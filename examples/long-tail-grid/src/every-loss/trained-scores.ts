import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type LabelStatistics, type Loss, labelStatistics } from '@dbloss/core'
import { applyHead, type SamplerName, trainHead, transformersRuntime } from '@dbloss/transformers'
import type { Task } from '../grid.ts'

/** What a training gave. */
export interface TrainedScores {
  /** Of the test samples, row-major [N, C]. */
  readonly scores: Float32Array
  /** Of training. */
  readonly seconds: number
}

/** Trains a linear head and scores the test samples; or takes what an earlier run left in the file. */
export async function trainedScores(
  file: string,
  { training, test, classCount, featureScaling, settings }: Task,
  sampler: SamplerName,
  createLoss: (statistics: LabelStatistics) => Loss,
): Promise<TrainedScores> {
  const earlier = readScores(file)
  if (earlier !== undefined) return earlier
  const ort = await transformersRuntime()
  const loss = createLoss(labelStatistics(training.labels, { classCount }))
  const started = performance.now()
  const { head } = await trainHead({ ...settings, ...training, ort, classCount, featureScaling, loss, sampler })
  const seconds = (performance.now() - started) / 1000
  return writeScores(file, { seconds, scores: Float32Array.from(applyHead(head, test.features)) })
}

function readScores(file: string): TrainedScores | undefined {
  if (!existsSync(`${file}.json`)) return undefined
  const { seconds } = JSON.parse(readFileSync(`${file}.json`, 'utf8')) as { seconds: number }
  const bytes = readFileSync(`${file}.f32`)
  return {
    seconds,
    scores: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
  }
}

/** The scores first: the small file says that they are whole. */
function writeScores(file: string, result: TrainedScores): TrainedScores {
  writeFileSync(`${file}.f32`, new Uint8Array(result.scores.buffer))
  writeFileSync(`${file}.partial`, JSON.stringify({ seconds: result.seconds }))
  renameSync(`${file}.partial`, `${file}.json`)
  return result
}
