import { checkNumber, DblossError } from '@dbloss/core'

/** How the samples of an epoch are drawn: each once, or each class equally often. */
export type SamplerName = 'uniform' | 'class-aware'

const samplerNames: readonly SamplerName[] = ['uniform', 'class-aware']

/** How long and how fast a head is trained. */
export interface TrainingSettings {
  /**
   * An epoch is ⌈samples / batchSize⌉ steps with either sampler, so that runs have equally many steps. Default 40, and on
   * small data as many as make 1,000 steps: with fewer, a head is not yet what it can be, with any loss.
   */
  readonly epochs?: number
  /** Default 128; at most the number of samples is used. */
  readonly batchSize?: number
  /** The highest learning rate, after a warm-up of 5 % of the steps; then half a cosine to 0. Default 3e-3. */
  readonly learningRate?: number
  /** Decoupled weight decay of the weights, in terms of scaled features. Default 1e-2. */
  readonly weightDecay?: number
  /** Of the order of the samples, of a hold-out, and of the random numbers of a loss. Default 0. */
  readonly seed?: number
}

/** The share of the steps in which the learning rate rises. */
export const warmupShare = 0.05

/** Of a head. */
export const defaultLearningRate = 3e-3

const defaultEpochs = 40
const defaultSteps = 1000

/**
 * The settings with their defaults, for a number of training samples.
 *
 * @throws DblossError `argument` for numbers out of range.
 */
export function resolveSettings(given: TrainingSettings, sampleCount: number): Required<TrainingSettings> {
  const { batchSize = 128, learningRate = defaultLearningRate, weightDecay = 1e-2, seed = 0 } = given
  const { epochs = Math.max(defaultEpochs, Math.ceil(defaultSteps / stepsPerEpoch(sampleCount, batchSize))) } = given
  checkNumber('epochs', epochs, { integer: true, minimum: 1 })
  checkNumber('batchSize', batchSize, { integer: true, minimum: 1 })
  checkNumber('learningRate', learningRate, { above: 0 })
  checkNumber('weightDecay', weightDecay, { minimum: 0 })
  checkNumber('seed', seed, { integer: true, minimum: 0 })
  return { epochs, batchSize, learningRate, weightDecay, seed }
}

/** The steps of an epoch; a batch is never larger than the data. */
export function stepsPerEpoch(sampleCount: number, batchSize: number): number {
  return Math.ceil(sampleCount / Math.min(batchSize, sampleCount))
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
