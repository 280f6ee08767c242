import { classAwareSampler, DblossError, type Loss, type Sampler, uniformSampler } from '@dbloss/core'
import { adamW, createHeadTrainer, type Ort, warmupCosine } from '@dbloss/onnx-training'
import {
  checkFeatureScaling,
  defaultFeatureScaling,
  type FeatureScaling,
  foldStandardization,
  measureScaling,
  type Standardization,
  standardize,
} from './features/feature-scaling.ts'
import type { LinearHead } from './linear-head.ts'
import {
  checkSampler,
  resolveSettings,
  type SamplerName,
  stepsPerEpoch,
  type TrainingSettings,
} from './training-settings.ts'

/** What {@link trainHead} needs. */
export interface TrainHeadOptions extends TrainingSettings {
  /** The runtime, as `import * as ort from 'onnxruntime-node'`, or `transformersRuntime()`. */
  readonly ort: Ort
  /** Row-major [samples, features]. */
  readonly features: Float32Array
  /** For each sample the indices of its positive classes. */
  readonly labels: readonly (readonly number[])[]
  readonly classCount: number
  readonly loss: Loss
  /** A scaling by name, or one that was measured on other features, as with `measureStandardization`. Default `rms`. */
  readonly featureScaling?: FeatureScaling | Standardization
  /** Default `uniform`. */
  readonly sampler?: SamplerName
  readonly signal?: AbortSignal | undefined
  /** Called after each epoch. */
  readonly onEpoch?: ((epoch: number, loss: number) => void) | undefined
}

/** A trained head. */
export interface TrainedHead {
  /** For raw features: the scaling is folded in. */
  readonly head: LinearHead
  /** The mean loss of each epoch. */
  readonly lossCurve: readonly number[]
}

const warmupShare = 0.05

/**
 * Trains a linear head on features with AdamW, starting from zeros. Features are scaled first, and the returned head undoes
 * it.
 *
 * Both samplers run as an endless stream that is cut into full batches: the class-aware sampler's own epoch has another
 * length, and losses could not be compared after different numbers of steps.
 *
 * @throws DblossError `argument`, `shape` and `labels` for bad input; rejects with the signal's reason when it is aborted.
 */
export async function trainHead(options: TrainHeadOptions): Promise<TrainedHead> {
  const { ort, features, labels, classCount, loss, sampler = 'uniform', signal, onEpoch } = options
  const { featureScaling = defaultFeatureScaling } = options
  checkSampler(sampler)
  if (typeof featureScaling === 'string') checkFeatureScaling(featureScaling)
  const featureCount = features.length / labels.length
  if (!Number.isInteger(featureCount) || featureCount === 0) {
    throw new DblossError('shape', `features has ${features.length} values for ${labels.length} samples`, {
      argument: 'features',
      found: features.length,
      expected: `a multiple of ${labels.length}`,
    })
  }
  const settings = resolveSettings(options, labels.length)
  const batchSize = Math.min(settings.batchSize, labels.length)
  const epochSteps = stepsPerEpoch(labels.length, batchSize)
  const totalSteps = settings.epochs * epochSteps
  const samples = endless(
    sampler === 'uniform'
      ? uniformSampler({ sampleCount: labels.length, seed: settings.seed })
      : classAwareSampler({ labels, classCount, seed: settings.seed }),
  )
  const standardization =
    typeof featureScaling === 'string' ? measureScaling(featureScaling, features, featureCount) : featureScaling
  const standardized = standardize(features, standardization)

  const trainer = await createHeadTrainer({
    ort,
    loss,
    featureCount,
    classCount,
    optimizer: adamW({ learningRate: settings.learningRate, weightDecay: settings.weightDecay }),
    schedule: warmupCosine({
      base: settings.learningRate,
      totalSteps,
      warmupSteps: Math.round(warmupShare * totalSteps),
    }),
  })
  try {
    const lossCurve: number[] = []
    for (let epoch = 1; epoch <= settings.epochs; epoch++) {
      // A run of the model blocks the event loop: let signals and progress through.
      await new Promise((resolve) => setTimeout(resolve))
      signal?.throwIfAborted()
      let sum = 0
      for (let step = 0; step < epochSteps; step++) {
        const chosen = Array.from({ length: batchSize }, () => samples.next().value as number)
        const batch = gather(chosen, { features: standardized, featureCount, labels, classCount })
        sum += (await trainer.step({ ...batch, batchSize })).loss
      }
      lossCurve.push(sum / epochSteps)
      onEpoch?.(epoch, sum / epochSteps)
    }
    const { weights, bias } = trainer.read()
    const head = { weights: Float32Array.from(weights), bias: Float32Array.from(bias), classCount }
    return { head: foldStandardization(head, standardization), lossCurve }
  } finally {
    await trainer.dispose()
  }
}

function* endless(sampler: Sampler): Generator<number, never> {
  for (;;) yield* sampler
}

interface Samples {
  readonly features: Float32Array
  readonly featureCount: number
  readonly labels: readonly (readonly number[])[]
  readonly classCount: number
}

function gather(chosen: readonly number[], { features, featureCount, labels, classCount }: Samples) {
  const batch = {
    features: new Float32Array(chosen.length * featureCount),
    labels: new Float32Array(chosen.length * classCount),
  }
  chosen.forEach((sample, row) => {
    batch.features.set(features.subarray(sample * featureCount, (sample + 1) * featureCount), row * featureCount)
    for (const index of labels[sample]!) batch.labels[row * classCount + index] = 1
  })
  return batch
}
