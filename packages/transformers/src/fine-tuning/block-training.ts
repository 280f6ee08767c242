import { type Trainer, type TrainerState, type WeightChoice, warmupCosine } from '@dbloss/onnx-training'
import { type SamplerName, stepsPerEpoch, warmupShare } from '../training-settings.ts'
import { type BlockTrainerOptions, createBlockTrainer, measuredWeights } from './block-trainer.ts'
import type { FrozenRows } from './frozen-rows.ts'
import { lossSource } from './loss-source.ts'
import type { TrainingCurve } from './result.ts'
import { labelMatrix } from './sample-stream.ts'
import { type EpochOptions, type TrainingStore, trainEpochs } from './train-epochs.ts'
import { curveOf, type TrainingProgress } from './training-progress.ts'
import { createValidator, type ScoredImages } from './validation.ts'

/** Images by their rows: where each is in {@link FrozenRows}, and its labels. */
export interface ImageRows {
  readonly places: readonly number[]
  /** For each image the indices of its classes. */
  readonly labels: readonly (readonly number[])[]
}

/** Where checkpoints of blocks are kept. */
export interface BlockCheckpoints {
  /** Brings the trainer into the state that was kept. */
  load(trainer: Trainer): Promise<{ progress: TrainingProgress; best: TrainerState | undefined } | undefined>
  /** Writes the state as that of the best epoch so far. */
  saveBest(trainer: Trainer, epoch: number): Promise<void>
  save(trainer: Trainer, progress: TrainingProgress): Promise<void>
}

/** What {@link trainBlocks} needs. */
export interface BlockTrainingOptions
  extends Omit<BlockTrainerOptions, 'schedule' | 'inputSource'>,
    Pick<EpochOptions, 'epochs' | 'batchSize' | 'earlyStopping' | 'signal' | 'onEpoch'> {
  readonly rows: FrozenRows
  readonly training: ImageRows
  readonly validation?: (ImageRows & ScoredImages) | undefined
  readonly sampler: SamplerName
  readonly seed: number
  readonly checkpoints?: BlockCheckpoints | undefined
}

/**
 * Trains the last blocks with a head that is trained already.
 *
 * @returns the trainer in the state of the epoch that is kept; the caller disposes it.
 * @throws DblossError as `createBlockTrainer`, `runtime` when training diverges. Rejects with the signal's reason when it is
 * aborted.
 */
export async function trainBlocks(
  options: BlockTrainingOptions,
): Promise<{ readonly trainer: Trainer; readonly curve: TrainingCurve }> {
  const { rows, training, validation, loss, learningRate, epochs, sampler, seed, averageDecay, checkpoints } = options
  const { labels } = training
  const { classCount } = options.head
  const batchSize = Math.min(options.batchSize, labels.length)
  const epochSteps = stepsPerEpoch(labels.length, batchSize)
  const totalSteps = epochs * epochSteps
  const source = lossSource(loss, { classCount, seed })
  const trainer = await createBlockTrainer({
    ...options,
    ...source,
    schedule: warmupCosine({ base: learningRate, totalSteps, warmupSteps: Math.round(warmupShare * totalSteps) }),
  })
  const validator = validation && (await createValidator(options.backbone.ort, loss, { ...validation, ...source }))
  const weights = measuredWeights(averageDecay)
  const best = new BestState(trainer, checkpoints)
  try {
    const progress = await trainEpochs(
      {
        step: async (chosen) => {
          const batch = await rows.batch(chosen.map((sample) => training.places[sample]!))
          return (await trainer.step({ ...batch, labels: labelMatrix(labels, classCount, chosen) })).loss
        },
        validate:
          validator &&
          (async () => validator.measure(await blockLogits(trainer, rows, validation!.places, weights, classCount))),
        keep: (epoch) => best.keep(epoch),
      },
      {
        ...options,
        batchSize,
        stepsPerEpoch: epochSteps,
        samples: { sampler, labels, classCount, seed },
        store: best.store(),
      },
    )
    best.restore()
    return { trainer, curve: curveOf(progress) }
  } catch (error) {
    await trainer.dispose()
    throw error
  } finally {
    await validator?.dispose()
  }
}

const scoredAtOnce = 32

/** The logits of images, row-major [places.length, classCount]. */
export async function blockLogits(
  trainer: Trainer,
  rows: FrozenRows,
  places: readonly number[],
  weights: WeightChoice,
  classCount: number,
): Promise<Float32Array> {
  const logits = new Float32Array(places.length * classCount)
  for (let start = 0; start < places.length; start += scoredAtOnce) {
    const batch = await rows.batch(places.slice(start, start + scoredAtOnce))
    logits.set(await trainer.predict(batch, weights), start * classCount)
  }
  return logits
}

/** The state of the best epoch, in memory and in the checkpoints. */
class BestState {
  readonly #trainer: Trainer
  readonly #checkpoints: BlockCheckpoints | undefined
  #best: TrainerState | undefined

  constructor(trainer: Trainer, checkpoints: BlockCheckpoints | undefined) {
    this.#trainer = trainer
    this.#checkpoints = checkpoints
  }

  async keep(epoch: number): Promise<void> {
    this.#best = await this.#trainer.state()
    await this.#checkpoints?.saveBest(this.#trainer, epoch)
  }

  /** Takes the trainer back to the best epoch, where one is looked for. */
  restore(): void {
    if (this.#best !== undefined) this.#trainer.restore(this.#best)
  }

  store(): TrainingStore | undefined {
    const checkpoints = this.#checkpoints
    if (checkpoints === undefined) return undefined
    return {
      load: async () => {
        const found = await checkpoints.load(this.#trainer)
        this.#best = found?.best
        return found?.progress
      },
      save: (progress) => checkpoints.save(this.#trainer, progress),
    }
  }
}
