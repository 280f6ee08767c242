import { scaleByTemperature } from '@dbloss/core'
import type { RunNumbers } from './run-numbers.ts'
import type { ScoredSet } from './scored-set.ts'

/** What one run says of a picture. */
export interface JudgedPicture {
  readonly file: string
  readonly split: ScoredSet['split']
  readonly labels: readonly number[]
  /** z / T, where a temperature is known: what σ makes a probability of. [C] */
  readonly logits: Float64Array
}

/** The pictures of some sets as one run sees them, with calibrated logits. */
export function judgedPictures(sets: readonly ScoredSet[], run: RunNumbers): JudgedPicture[] {
  return sets.flatMap(({ split, pictures, scores }) => {
    const { data, classCount } = scaleByTemperature(scores.get(run.name)!, run.calibrated?.temperature ?? 1)
    return pictures.map(({ file, labels }, row) => ({
      file,
      split,
      labels,
      logits: data.subarray(row * classCount, (row + 1) * classCount),
    }))
  })
}

/** σ(z), without overflow. */
export function sigmoid(logit: number): number {
  return logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit))
}
