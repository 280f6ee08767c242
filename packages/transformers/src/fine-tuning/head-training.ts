import type { Loss } from '@dbloss/core'
import {
  adamW,
  createHeadTrainer,
  type HeadParameters,
  type HeadTrainer,
  type HeadTrainerState,
  type Ort,
  warmupCosine,
} from '@dbloss/onnx-training'
import { foldStandardization } from '../features/feature-scaling.ts'
import { applyHead, type LinearHead } from '../linear-head.ts'
import {
  resolveSettings,
  type SamplerName,
  stepsPerEpoch,
  type TrainingSettings,
  warmupShare,
} from '../training-settings.ts'
import { headKernel } from './head-kernel.ts'
import { type HeadSamples, headBatch, headSamples, type RawSamples } from './head-samples.ts'
import { lossSource } from './loss-source.ts'
import type { TrainingCurve } from './result.ts'
import { type EpochOptions, type TrainingStore, trainEpochs } from './train-epochs.ts'
import { curveOf, type TrainingProgress } from './training-progress.ts'
import { createValidator, type ScoredImages } from './validation.ts'

/** Everything that the training of a head goes on from. */
export interface HeadCheckpoint {
  readonly progress: TrainingProgress
  readonly state: HeadTrainerState
  /** The parameters of the best epoch, where one is looked for. */
  readonly best?: HeadParameters
}

/** Where checkpoints of a head are kept. */
export interface HeadCheckpoints {
  read(): Promise<HeadCheckpoint | undefined>
  write(checkpoint: HeadCheckpoint): Promise<void>
}

/** What {@link trainHeadByEpochs} needs. */
export interface HeadTrainingOptions
  extends RawSamples,
    TrainingSettings,
    Pick<EpochOptions, 'earlyStopping' | 'signal' | 'onEpoch'> {
  readonly ort: Ort
  readonly loss: Loss
  readonly sampler: SamplerName
  readonly validation?: (ScoredImages & { readonly features: Float32Array }) | undefined
  readonly checkpoints?: HeadCheckpoints | undefined
}

/** Trains a linear head on features with AdamW, starting from zeros, with validation and checkpoints. */
export async function trainHeadByEpochs(
  options: HeadTrainingOptions,
): Promise<{ readonly head: LinearHead; readonly curve: TrainingCurve }> {
  const { ort, loss, sampler, validation, checkpoints } = options
  const samples = headSamples(options)
  const { labels, classCount, featureCount } = samples
  const settings = resolveSettings(options, labels.length)
  const { learningRate, weightDecay, epochs, seed } = settings
  const epochSteps = stepsPerEpoch(labels.length, settings.batchSize)
  const totalSteps = epochs * epochSteps
  const source = lossSource(loss, { classCount, seed })
  const kernel = headKernel(loss, classCount)
  const trainer = await createHeadTrainer({
    ort,
    loss,
    ...source,
    ...(kernel === undefined ? {} : { kernel }),
    featureCount,
    classCount,
    optimizer: adamW({ learningRate, weightDecay }),
    schedule: warmupCosine({ base: learningRate, totalSteps, warmupSteps: Math.round(warmupShare * totalSteps) }),
  })
  const validator = validation && (await createValidator(ort, loss, { ...validation, ...source }))
  const weights = new HeadWeights(trainer, samples)
  try {
    const progress = await trainEpochs(
      {
        step: async (chosen) => (await trainer.step(headBatch(samples, chosen))).loss,
        validate: validator && (() => validator.measure(applyHead(weights.current(), validation!.features))),
        keep: async () => weights.keep(),
      },
      {
        ...options,
        epochs,
        stepsPerEpoch: epochSteps,
        batchSize: Math.min(settings.batchSize, labels.length),
        samples: { sampler, labels, classCount, seed },
        store: checkpoints && weights.store(checkpoints),
      },
    )
    return { head: weights.kept(), curve: curveOf(progress) }
  } finally {
    await trainer.dispose()
    await validator?.dispose()
  }
}

/** The parameters of a head while it is trained, and those of its best epoch. */
class HeadWeights {
  readonly #trainer: HeadTrainer
  readonly #samples: HeadSamples
  #best: HeadParameters | undefined

  constructor(trainer: HeadTrainer, samples: HeadSamples) {
    this.#trainer = trainer
    this.#samples = samples
  }

  keep(): void {
    this.#best = this.#trainer.read()
  }

  /** For raw features: the scaling is folded in. */
  current(): LinearHead {
    return this.#folded(this.#trainer.read())
  }

  /** The best, or the last where none is looked for. */
  kept(): LinearHead {
    return this.#folded(this.#best ?? this.#trainer.read())
  }

  #folded({ weights, bias }: HeadParameters): LinearHead {
    const { classCount, standardization } = this.#samples
    const head = { weights: Float32Array.from(weights), bias: Float32Array.from(bias), classCount }
    return foldStandardization(head, standardization)
  }

  store(checkpoints: HeadCheckpoints): TrainingStore {
    return {
      load: async () => {
        const found = await checkpoints.read()
        if (found === undefined) return undefined
        this.#trainer.restore(found.state)
        this.#best = found.best
        return found.progress
      },
      save: (progress) =>
        checkpoints.write({
          progress,
          state: this.#trainer.state(),
          ...(this.#best === undefined ? {} : { best: this.#best }),
        }),
    }
  }
}
