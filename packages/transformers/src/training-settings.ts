import { checkNumber, DblossError } from '@dbloss/core'

/** How the samples of an epoch are drawn: each once, or each class equally often. */
export type SamplerName = 'uniform' | 'class-aware'

const samplerNames: readonly SamplerName[] = ['uniform', 'class-aware']

/** How long and how fast a head is trained. */
export interface TrainingSettings {
  /** Default 40. An epoch is ⌈samples / batchSize⌉ steps with either sampler, so that runs have equally many steps. */
  readonly epochs?: number
  /** Default 128; at most the number of samples is used. */
  readonly batchSize?: number
  /** The highest learning rate, after a warm-up of 5 % of the steps; then half a cosine to 0. Default 3e-3. */
  readonly learningRate?: number
  /** Decoupled weight decay of the weights, in terms of scaled features. Default 1e-2. */
  readonly weightDecay?: number
  /** Of the order of the samples, and of a hold-out. Default 0. */
  readonly seed?: number
}

/**
 * The settings with their defaults.
 *
 * @throws DblossError `argument` for numbers out of range.
 */
export function resolveSettings(given: TrainingSettings): Required<TrainingSettings> {
  const { epochs = 40, batchSize = 128, learningRate = 3e-3, weightDecay = 1e-2, seed = 0 } = given
  checkNumber('epochs', epochs, { integer: true, minimum: 1 })
  checkNumber('batchSize', batchSize, { integer: true, minimum: 1 })
  checkNumber('learningRate', learningRate, { above: 0 })
  checkNumber('weightDecay', weightDecay, { minimum: 0 })
  checkNumber('seed', seed, { integer: true, minimum: 0 })
  return { epochs, batchSize, learningRate, weightDecay, seed }
}

/** @throws DblossError `argument` for an unknown sampler. */
export function checkSampler(name: SamplerName): void {
  if (samplerNames.includes(name)) return
  const expected = samplerNames.join(' or ')
  throw new DblossError('argument', `sampler is ${String(name)}; expected ${expected}`, {
    argument: 'sampler',
    found: name,
    expected,
  })
}
