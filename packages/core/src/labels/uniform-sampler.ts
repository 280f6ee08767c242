import { checkNumber } from '../check-number.ts'
import { createRandom } from '../random.ts'
import { type Sampler, samplerFrom, shuffledCycle } from './sampler.ts'

/** What {@link uniformSampler} needs. */
export interface UniformSamplerOptions {
  readonly sampleCount: number
  /** A non-negative integer; the same seed gives the same order everywhere. */
  readonly seed: number
}

/**
 * Shows every sample once an epoch, in a new random order each time.
 *
 * @throws DblossError `argument` unless `sampleCount` is a positive integer and `seed` a non-negative one.
 */
export function uniformSampler({ sampleCount, seed }: UniformSamplerOptions): Sampler {
  checkNumber('sampleCount', sampleCount, { integer: true, minimum: 1 })
  const samples = Array.from({ length: sampleCount }, (_, index) => index)
  return samplerFrom(sampleCount, shuffledCycle(samples, createRandom(seed)))
}
