import { isDblossError, type Loss } from '@dbloss/core'
import { adamW, createHeadTrainer, type Ort } from '@dbloss/onnx-training'
import { resolveSettings, type SamplerName, type TrainingSettings } from '../training-settings.ts'
import { headKernel } from './head-kernel.ts'
import { headBatch, headSamples, type RawSamples } from './head-samples.ts'
import { lossSource } from './loss-source.ts'
import type { LearningRateTrial } from './result.ts'
import { sampleStream } from './sample-stream.ts'

/** What {@link findLearningRate} needs. */
export interface LearningRateFinderOptions
  extends RawSamples,
    Pick<TrainingSettings, 'batchSize' | 'weightDecay' | 'seed'> {
  readonly ort: Ort
  readonly loss: Loss
  readonly sampler: SamplerName
  readonly signal?: AbortSignal | undefined
}

/** What {@link findLearningRate} finds. */
export interface FoundLearningRate {
  readonly learningRate: number
  /** The trials in ascending order, up to where the loss exploded. */
  readonly trials: readonly LearningRateTrial[]
}

const [lowest, highest] = [1e-5, 1]
/** Twelve a decade. */
const trialCount = 61
/** Of the moving average of the loss. */
const smoothing = 0.9
/** The loss has exploded when it is so many times the least one. */
const explosion = 4
/** What is left between the rate at which the loss was least, just before it rises, and the one that is taken. */
const margin = 3

/**
 * Learning-rate range test: a head is trained from zeros, as the real training will begin, with a rate that rises by the same
 * factor every step, from 1e-5 to 1 in 60 steps. A third of the rate at which the loss, as a moving average, is least is
 * taken. The head is thrown away.
 *
 * @throws DblossError as `trainHead`. Rejects with the signal's reason when it is aborted.
 * @see Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017, section 3.3.
 */
export async function findLearningRate(options: LearningRateFinderOptions): Promise<FoundLearningRate> {
  const { ort, loss, sampler, signal } = options
  const samples = headSamples(options)
  const { labels, classCount, featureCount } = samples
  const settings = resolveSettings(options, labels.length)
  const { weightDecay, seed } = settings
  const batchSize = Math.min(settings.batchSize, labels.length)
  const draw = sampleStream({ sampler, labels, classCount, seed })
  const kernel = headKernel(loss, classCount)
  const trainer = await createHeadTrainer({
    ort,
    loss,
    ...lossSource(loss, { classCount, seed }),
    ...(kernel === undefined ? {} : { kernel }),
    featureCount,
    classCount,
    optimizer: adamW({ weightDecay }),
    schedule: rateOf,
  })
  try {
    const trials: LearningRateTrial[] = []
    let average = 0
    let least = Number.POSITIVE_INFINITY
    for (let trial = 0; trial < trialCount; trial++) {
      signal?.throwIfAborted()
      const value = await stepOrExplode(() => trainer.step(headBatch(samples, draw(batchSize))))
      average = smoothing * average + (1 - smoothing) * value
      const smoothed = average / (1 - smoothing ** (trial + 1))
      if (!(smoothed <= explosion * least)) break
      least = Math.min(least, smoothed)
      trials.push({ learningRate: rateOf(trial), loss: smoothed })
    }
    return { learningRate: suggestedRate(trials), trials }
  } finally {
    await trainer.dispose()
  }
}

function rateOf(trial: number): number {
  return lowest * (highest / lowest) ** (trial / (trialCount - 1))
}

/** The loss of a step, ∞ when it is not finite. */
async function stepOrExplode(step: () => Promise<{ readonly loss: number }>): Promise<number> {
  try {
    return (await step()).loss
  } catch (error) {
    if (isDblossError(error) && error.code === 'runtime') return Number.POSITIVE_INFINITY
    throw error
  }
}

/** A third of the rate with the least loss, the highest of those that are equally good. */
export function suggestedRate(trials: readonly LearningRateTrial[]): number {
  const best = trials.reduce((least, trial) => (trial.loss <= least.loss ? trial : least))
  return Math.max(lowest, best.learningRate / margin)
}
