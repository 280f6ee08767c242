import type { EarlyStopping } from './options.ts'
import { type DrawSamples, type SampleStreamOptions, sampleStream } from './sample-stream.ts'
import { afterEpoch, isDone, noProgress, type TrainingProgress } from './training-progress.ts'
import type { ValidationMeasures } from './validation-metric.ts'

/** What is trained: a head, or blocks with a head. */
export interface Trainee {
  /** One step on these samples. Resolves to their loss before it. */
  readonly step: (samples: readonly number[]) => Promise<number>
  /** Measures the validation images with the weights as they are; absent without such images. */
  readonly validate?: (() => Promise<ValidationMeasures>) | undefined
  /** Keeps the weights as they are as those of the best epoch so far. */
  readonly keep: (epoch: number) => Promise<void>
}

/** Where the progress of a training is kept, together with the state of its trainee. */
export interface TrainingStore {
  /** Brings the trainee into the state that was kept; nothing when there is none. */
  readonly load: () => Promise<TrainingProgress | undefined>
  readonly save: (progress: TrainingProgress) => Promise<void>
}

/** What an epoch comes to. */
export interface EpochOutcome {
  /** From 1. */
  readonly epoch: number
  /** The mean loss of its steps. */
  readonly loss: number
  readonly validation?: ValidationMeasures
}

/** What {@link trainEpochs} needs. */
export interface EpochOptions {
  readonly epochs: number
  readonly stepsPerEpoch: number
  readonly batchSize: number
  readonly samples: SampleStreamOptions
  readonly earlyStopping?: EarlyStopping | undefined
  readonly store?: TrainingStore | undefined
  readonly signal?: AbortSignal | undefined
  readonly onEpoch?: ((outcome: EpochOutcome) => void) | undefined
}

/** Short epochs are not each written to the disk: at most so much work is lost, in milliseconds. */
const saveInterval = 200
/** A run of the model blocks the event loop: signals and progress are let through so often, in milliseconds. */
const breathInterval = 20

/**
 * Trains epoch by epoch, measures after each, and stops when no new best comes. Goes on from what the store has; what is done
 * is in it also when the signal ends the work.
 *
 * @throws the signal's reason when it is aborted, and what the trainee and the store throw.
 */
export async function trainEpochs(trainee: Trainee, options: EpochOptions): Promise<TrainingProgress> {
  const { epochs, stepsPerEpoch, batchSize, earlyStopping, store, onEpoch } = options
  let progress = (await store?.load()) ?? noProgress
  const steps = stepping(trainee, options, sampleStream(options.samples, progress.step * batchSize))
  let saved = performance.now()
  while (!isDone(progress, epochs, earlyStopping)) {
    progress = await steps(progress, (progress.lossCurve.length + 1) * stepsPerEpoch)
    const validation = await trainee.validate?.()
    const loss = progress.lossSum / stepsPerEpoch
    progress = afterEpoch(progress, loss, validation, earlyStopping)
    const epoch = progress.lossCurve.length
    if (earlyStopping !== undefined && progress.bestEpoch === epoch) await trainee.keep(epoch)
    if (performance.now() - saved > saveInterval || isDone(progress, epochs, earlyStopping)) {
      await store?.save(progress)
      saved = performance.now()
    }
    onEpoch?.({ epoch, loss, ...(validation === undefined ? {} : { validation }) })
  }
  return progress
}

/** Steps until there are as many as wanted; an abort is seen between two of them. */
function stepping(trainee: Trainee, { batchSize, store, signal }: EpochOptions, draw: DrawSamples) {
  let breath = Number.NEGATIVE_INFINITY
  return async (before: TrainingProgress, end: number): Promise<TrainingProgress> => {
    let { step, lossSum } = before
    for (; step < end; step++) {
      if (performance.now() - breath > breathInterval) {
        await new Promise((resolve) => setTimeout(resolve))
        breath = performance.now()
      }
      if (signal?.aborted) {
        await store?.save({ ...before, step, lossSum })
        signal.throwIfAborted()
      }
      lossSum += await trainee.step(draw(batchSize))
    }
    return { ...before, step, lossSum }
  }
}
