import { classAwareSampler, type Sampler, uniformSampler } from '@dbloss/core'
import { checkSampler, type SamplerName } from '../training-settings.ts'

/** What {@link sampleStream} draws from. */
export interface SampleStreamOptions {
  readonly sampler: SamplerName
  /** For each sample the indices of its positive classes. */
  readonly labels: readonly (readonly number[])[]
  readonly classCount: number
  readonly seed: number
}

/** Draws the next indices of samples. */
export type DrawSamples = (count: number) => number[]

/**
 * The order in which samples are shown, as an endless stream that is cut into full batches: the class-aware sampler's own
 * epoch has another length than the uniform one's, and losses could not be compared after different numbers of steps.
 *
 * @param drawn how many samples were drawn before, to go on from there.
 * @throws DblossError `argument` for an unknown sampler, `labels` for classes that the class-aware one cannot draw from.
 */
export function sampleStream({ sampler, labels, classCount, seed }: SampleStreamOptions, drawn = 0): DrawSamples {
  checkSampler(sampler)
  const samples = endless(
    sampler === 'uniform'
      ? uniformSampler({ sampleCount: labels.length, seed })
      : classAwareSampler({ labels, classCount, seed }),
  )
  for (let skipped = 0; skipped < drawn; skipped++) samples.next()
  return (count) => Array.from({ length: count }, () => samples.next().value)
}

function* endless(sampler: Sampler): Generator<number, never> {
  for (;;) yield* sampler
}

/** Labels as numbers, row-major [chosen.length, classCount]: 1 for each class that a sample has. */
export function labelMatrix(
  labels: readonly (readonly number[])[],
  classCount: number,
  chosen: readonly number[] = [...labels.keys()],
): Float32Array {
  const matrix = new Float32Array(chosen.length * classCount)
  chosen.forEach((sample, row) => {
    for (const index of labels[sample]!) matrix[row * classCount + index] = 1
  })
  return matrix
}
