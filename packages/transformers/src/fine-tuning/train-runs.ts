import type { LabelStatistics } from '@dbloss/core'
import type { ModelProto } from '@dbloss/onnx-training'
import type { Backbone } from '../backbone/backbone.ts'
import { applyHead, type LinearHead } from '../linear-head.ts'
import { startPhase } from '../progress.ts'
import type { TrainingSettings } from '../training-settings.ts'
import { headOf, measuredWeights } from './block-trainer.ts'
import { blockLogits, trainBlocks } from './block-training.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { FrozenRows } from './frozen-rows.ts'
import { type HeadTrainingOptions, trainHeadByEpochs } from './head-training.ts'
import type { ImageSet, ImageSets } from './image-sets.ts'
import { findLearningRate } from './learning-rate-finder.ts'
import type { PreparedRun } from './loss-choice.ts'
import type { FineTuneOptions } from './options.ts'
import type { ResolvedBlocks, ResolvedOptions } from './resolved-options.ts'
import type { FineTuneRun, LearningRateTrial, TrainingCurve } from './result.ts'
import type { EpochOutcome } from './train-epochs.ts'

/** What {@link trainRuns} works with. */
export interface TrainRunsOptions {
  readonly options: FineTuneOptions
  readonly resolved: ResolvedOptions
  /** Those of the head, but for the learning rate. */
  readonly settings: Omit<Required<TrainingSettings>, 'learningRate'>
  readonly backbone: Backbone
  readonly images: ImageSets
  readonly statistics: LabelStatistics
  /** Present where blocks are trained. */
  readonly blocks: (ResolvedBlocks & { readonly rows: FrozenRows }) | undefined
  readonly checkpoints: Checkpoints | undefined
}

/** A run that is trained, with what it says of the images. */
export interface TrainedRun {
  readonly prepared: PreparedRun
  readonly learningRate: number
  readonly learningRateTrials?: readonly LearningRateTrial[]
  readonly head: LinearHead
  readonly training: FineTuneRun['training']
  /** The whole model, where blocks were trained. */
  readonly model?: ModelProto
  /** Row-major [images, classes]. */
  readonly evaluationLogits: Float32Array
  readonly validationLogits?: Float32Array
}

interface HeadRun extends Pick<TrainedRun, 'prepared' | 'learningRate' | 'learningRateTrials' | 'head'> {
  readonly curve: TrainingCurve
}

/** Trains the heads of all runs, then their blocks, and computes the logits of the images that are measured. */
export async function trainRuns(runs: readonly PreparedRun[], context: TrainRunsOptions): Promise<TrainedRun[]> {
  const { settings, options, blocks } = context
  const reportHeads = startPhase('training', runs.length * settings.epochs, options.onProgress)
  reportHeads(0)
  const heads: HeadRun[] = []
  for (const [index, run] of runs.entries()) {
    const onEpoch = (outcome: EpochOutcome) => {
      reportHeads(index * settings.epochs + outcome.epoch)
      options.onEpoch?.({ run: run.name, phase: 'head', epochs: settings.epochs, ...outcome })
    }
    heads.push(await trainHeadOf(run, index, context, onEpoch))
  }
  if (blocks === undefined) return heads.map((head) => withHeadAlone(head, context))
  const epochs = blocks.blockEpochs
  const reportBlocks = startPhase('blocks', runs.length * epochs, options.onProgress)
  reportBlocks(0)
  const trained: TrainedRun[] = []
  for (const [index, head] of heads.entries()) {
    const onEpoch = (outcome: EpochOutcome) => {
      reportBlocks(index * epochs + outcome.epoch)
      options.onEpoch?.({ run: head.prepared.name, phase: 'blocks', epochs, ...outcome })
    }
    trained.push(await withBlocks(head, index, blocks, context, onEpoch))
  }
  return trained
}

async function trainHeadOf(
  prepared: PreparedRun,
  index: number,
  { options, resolved, settings, backbone, images, statistics, checkpoints }: TrainRunsOptions,
  onEpoch: (outcome: EpochOutcome) => void,
): Promise<HeadRun> {
  const { loss, sampler } = prepared
  const { featureScaling, earlyStopping } = resolved
  const { features, labels } = images.training
  const shared = { ...settings, ort: backbone.ort, loss, sampler, features, labels, featureScaling }
  const samples = { ...shared, classCount: statistics.classCount, signal: options.signal }
  const given = resolved.learningRate
  const { learningRate, trials } =
    given === 'find' ? await findLearningRate(samples) : { learningRate: given, trials: undefined }
  const training: HeadTrainingOptions = {
    ...samples,
    learningRate,
    earlyStopping,
    validation: images.validation && { ...images.validation, statistics },
    checkpoints: checkpoints?.head(index),
    onEpoch,
  }
  const trained = await trainHeadByEpochs(training)
  return { prepared, learningRate, ...(trials && { learningRateTrials: trials }), ...trained }
}

function withHeadAlone({ curve, ...run }: HeadRun, { images }: TrainRunsOptions): TrainedRun {
  const { validation, evaluation } = images
  return {
    ...run,
    training: { head: curve },
    evaluationLogits: applyHead(run.head, evaluation.features),
    ...(validation && { validationLogits: applyHead(run.head, validation.features) }),
  }
}

async function withBlocks(
  { curve, head, ...run }: HeadRun,
  index: number,
  blocks: NonNullable<TrainRunsOptions['blocks']>,
  { options, resolved, settings, backbone, images, statistics, checkpoints }: TrainRunsOptions,
  onEpoch: (outcome: EpochOutcome) => void,
): Promise<TrainedRun> {
  const { trainableBlocks, blockEpochs, blockBatchSize, blockLearningRate, averageDecay, rows } = blocks
  const { weightDecay, seed } = settings
  const { training, validation, evaluation } = images
  const { trainer, curve: blockCurve } = await trainBlocks({
    backbone,
    head,
    loss: run.prepared.loss,
    sampler: run.prepared.sampler,
    trainableBlocks,
    averageDecay,
    weightDecay,
    seed,
    epochs: blockEpochs,
    batchSize: blockBatchSize,
    learningRate: blockLearningRate,
    earlyStopping: resolved.earlyStopping,
    rows,
    training,
    validation: validation && { ...validation, statistics },
    checkpoints: checkpoints?.blocks(index),
    signal: options.signal,
    onEpoch,
  })
  try {
    const weights = measuredWeights(averageDecay)
    const logitsOf = ({ places }: ImageSet) => blockLogits(trainer, rows, places, weights, statistics.classCount)
    const model = await trainer.toModel(weights)
    return {
      ...run,
      head: headOf(model),
      training: { head: curve, blocks: blockCurve },
      // Only the first run is saved.
      ...(index === 0 ? { model } : {}),
      evaluationLogits: await logitsOf(evaluation),
      ...(validation && { validationLogits: await logitsOf(validation) }),
    }
  } finally {
    await trainer.dispose()
  }
}
