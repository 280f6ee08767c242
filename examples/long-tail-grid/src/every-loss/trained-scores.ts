import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type LabelStatistics, type Loss, labelStatistics } from '@dbloss/core'
import { applyHead, type SamplerName, trainHead, transformersRuntime } from '@dbloss/transformers'
import type { Task } from '../grid.ts'

/** Trains a linear head and scores the test samples, row-major [N, C]; or takes what an earlier run left in the file. */
export async function trainedScores(
  file: string,
  { training, test, classCount, featureScaling, settings }: Task,
  sampler: SamplerName,
  createLoss: (statistics: LabelStatistics) => Loss,
): Promise<Float32Array> {
  const earlier = readScores(file)
  if (earlier !== undefined) return earlier
  const ort = await transformersRuntime()
  const loss = createLoss(labelStatistics(training.labels, { classCount }))
  const { head } = await trainHead({ ...settings, ...training, ort, classCount, featureScaling, loss, sampler })
  return writeScores(file, Float32Array.from(applyHead(head, test.features)))
}

function readScores(file: string): Float32Array | undefined {
  if (!existsSync(file)) return undefined
  const bytes = readFileSync(file)
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

function writeScores(file: string, scores: Float32Array): Float32Array {
  writeFileSync(`${file}.partial`, new Uint8Array(scores.buffer))
  renameSync(`${file}.partial`, file)
  return scores
}
