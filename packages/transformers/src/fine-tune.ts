import {
  DblossError,
  type LabelStatistics,
  type LongTailMetrics,
  type Loss,
  type LossName,
  labelStatistics,
  longTailedSubset,
  longTailMetrics,
  namedLoss,
} from '@dbloss/core'
import { type Backbone, loadBackbone } from './backbone/backbone.ts'
import type { BackboneDtype } from './backbone/model-files.ts'
import type { Pooling } from './backbone/pooling.ts'
import type { Dataset, ImageItem } from './data/dataset.ts'
import { chooseEvaluation, type TrainingData } from './data/evaluation-split.ts'
import { readDataset } from './data/read-dataset.ts'
import { extractFeatures, type OnBadImage, type SkippedImage } from './features/extract-features.ts'
import { checkFeatureScaling, defaultFeatureScaling, type FeatureScaling } from './features/feature-scaling.ts'
import { applyHead, type LinearHead } from './linear-head.ts'
import { checkOutputFolder } from './output-folder.ts'
import { type OnProgress, startPhase } from './progress.ts'
import { saveModel } from './save.ts'
import { trainHead } from './train-head.ts'
import { checkSampler, resolveSettings, type SamplerName, type TrainingSettings } from './training-settings.ts'

/** A loss by name, or made from the statistics of the training labels. */
export type LossChoice = LossName | ((statistics: LabelStatistics) => Loss)

/** A loss and the sampler that it is trained with. */
export interface RunChoice {
  readonly loss: LossChoice
  /** Default `uniform`. */
  readonly sampler?: SamplerName
}

/** Options of {@link fineTune}. */
export interface FineTuneOptions extends TrainingSettings {
  /** The backbone: a local folder in the layout of transformers.js, or a name on the hub. */
  readonly model: string
  /** A folder or file that {@link readDataset} recognises, or a data set from another reader or from code. */
  readonly data: string | Dataset
  /** Where the model is saved. Default: it is only measured. */
  readonly output?: string
  /** Default `distribution-balanced`. */
  readonly loss?: LossChoice
  /** Default `uniform`. */
  readonly sampler?: SamplerName
  /** Further runs on the same features, measured but not saved. */
  readonly compare?: readonly RunChoice[]
  /** Default `auto`. */
  readonly pooling?: Pooling
  /** The precision of the backbone's weights, which are not trained. Default `fp32`. */
  readonly dtype?: BackboneDtype
  /** A folder that keeps the features of images; see {@link extractFeatures}. Default: none. */
  readonly cache?: string
  /** How features are scaled before training; the saved head undoes it. Default `rms`. */
  readonly featureScaling?: FeatureScaling
  /** Default `fail`. */
  readonly onBadImage?: OnBadImage
  /** `validation` or `test`. Default: `test`, else `validation`, else a fifth of training is held out. */
  readonly evaluationSplit?: string
  /** Trains on a long-tailed subset of the training images; see `longTailedSubset` of `@dbloss/core`. */
  readonly subset?: { readonly max: number; readonly min?: number; readonly exponent?: number; readonly seed: number }
  /** Replaces a model that dbloss saved there before. Default false. */
  readonly overwrite?: boolean
  /** Ends the work early; nothing half-written is left behind. */
  readonly signal?: AbortSignal
  readonly onProgress?: OnProgress
}

/** A trained head and what it is worth. */
export interface FineTuneRun {
  /** The name of the loss. */
  readonly loss: string
  readonly lossParameters: Readonly<Record<string, unknown>>
  readonly sampler: SamplerName
  /** On the evaluation images. */
  readonly metrics: LongTailMetrics
  /** The mean loss of each epoch. */
  readonly lossCurve: readonly number[]
  readonly head: LinearHead
}

/** What {@link fineTune} gives. */
export interface FineTuneResult {
  /** The folder of the saved model, as it was given. */
  readonly output?: string
  /** The main run first, then those of `compare`. */
  readonly runs: readonly FineTuneRun[]
  /** Of the training images. */
  readonly statistics: LabelStatistics
  readonly classNames: readonly string[]
  readonly evaluationCount: number
  readonly evaluatedOn: TrainingData['evaluatedOn']
  /** Where the features come from, as `pooler_output`, and how long a vector is. */
  readonly features: { readonly description: string; readonly count: number }
  /** Images that could not be read. */
  readonly skipped: readonly SkippedImage[]
  /** What was found damaged in the cache, and has been computed again. */
  readonly notes: readonly string[]
  /** Images in the folder that no metadata mentions. */
  readonly withoutMetadata: readonly string[]
}

/**
 * Fine-tunes a vision model of transformers.js on a folder of multi-label photographs: computes the features of each image
 * once, trains a linear head on them, measures it on images that it has not seen, and saves backbone and head as one model
 * that transformers.js loads and {@link multiLabelPipeline} runs.
 *
 * @throws DblossError before work starts: `data` for the folder, `model` for the backbone, `output` for a folder that
 * exists, `statistics` for classes that the loss cannot weigh, `argument` for settings. Later: `data` for an image that
 * cannot be read. Rejects with the signal's reason when it is aborted.
 *
 * @example
 * const result = await fineTune({ model: 'onnx-community/dinov2-small', data: './photos', output: './my-model' })
 */
export async function fineTune(options: FineTuneOptions): Promise<FineTuneResult> {
  const { output, overwrite = false, featureScaling = defaultFeatureScaling, signal } = options
  // Checked before work starts; how many epochs are the default is known when the images are.
  const { seed } = resolveSettings(options, 1)
  checkFeatureScaling(featureScaling)
  if (output !== undefined) await checkOutputFolder(output, overwrite)
  const { classNames, data, withoutMetadata } = await readData(options, seed)
  prepareRuns(options, data.training, classNames)

  const backbone = await loadBackbone(options.model, {
    pooling: options.pooling ?? 'auto',
    dtype: options.dtype ?? 'fp32',
  })
  try {
    const measured = await measure(backbone, data, classNames, options)
    const { training, evaluation, statistics } = measured
    const settings = { ...resolveSettings(options, training.labels.length), featureScaling }
    const report = startPhase('training', measured.runs.length * settings.epochs, options.onProgress)
    report(0)
    const runs: FineTuneRun[] = []
    for (const { loss, name, sampler } of measured.runs) {
      const { head, lossCurve } = await trainHead({
        ...settings,
        ...training,
        ort: backbone.ort,
        classCount: classNames.length,
        loss,
        sampler,
        signal,
        onEpoch: (epoch) => report(runs.length * settings.epochs + epoch),
      })
      const scores = { data: applyHead(head, evaluation.features), classCount: classNames.length }
      const metrics = longTailMetrics({ labels: evaluation.labels, scores, statistics })
      runs.push({ loss: name, lossParameters: loss.parameters, sampler, metrics, lossCurve, head })
    }
    const result = {
      runs,
      statistics,
      classNames,
      evaluationCount: evaluation.labels.length,
      evaluatedOn: data.evaluatedOn,
      features: { description: backbone.graph.description, count: backbone.featureCount },
      skipped: measured.skipped,
      notes: measured.notes,
      withoutMetadata,
    }
    if (output === undefined) return result
    await saveModel({ output, overwrite, signal, backbone, result, settings })
    return { output, ...result }
  } finally {
    await backbone.dispose()
  }
}

async function readData(options: FineTuneOptions, seed: number) {
  const { data, evaluationSplit, subset } = options
  const dataset = typeof data === 'string' ? await readDataset(data) : data
  const { classNames, withoutMetadata } = dataset
  const chosen = chooseEvaluation(dataset, { seed, ...(evaluationSplit === undefined ? {} : { evaluationSplit }) })
  if (subset === undefined) return { classNames, withoutMetadata, data: chosen }
  const labels = labelsOf(chosen.training)
  const indices = longTailedSubset({ ...subset, labels, classCount: classNames.length })
  return { classNames, withoutMetadata, data: { ...chosen, training: indices.map((index) => chosen.training[index]!) } }
}

interface PreparedRun {
  readonly name: string
  readonly sampler: SamplerName
  readonly loss: Loss
}

/** Makes the losses, so that what they refuse is known before the features are computed. */
function prepareRuns(
  { loss = 'distribution-balanced', sampler = 'uniform', compare = [] }: FineTuneOptions,
  training: readonly ImageItem[],
  classNames: readonly string[],
): { statistics: LabelStatistics; runs: PreparedRun[] } {
  const statistics = labelStatistics(labelsOf(training), { classNames })
  const empty = classNames.filter((_, index) => statistics.classCounts[index] === 0)
  if (empty.length > 0) {
    throw new DblossError('data', `no training image that is used has the label ${empty.join(', ')}`, {
      argument: 'data',
      found: empty,
      expected: 'at least one training image of each label',
    })
  }
  const runs = [{ loss, sampler }, ...compare].map((choice) => {
    checkSampler(choice.sampler ?? 'uniform')
    const made = typeof choice.loss === 'function' ? choice.loss(statistics) : namedLoss(choice.loss, statistics)
    const name = typeof choice.loss === 'function' ? made.name : choice.loss
    return { name, sampler: choice.sampler ?? 'uniform', loss: made }
  })
  return { statistics, runs }
}

/** Computes the features, and prepares the runs anew without the images that could not be read. */
async function measure(
  backbone: Backbone,
  data: TrainingData,
  classNames: readonly string[],
  options: FineTuneOptions,
) {
  const { onBadImage = 'fail', cache, signal, onProgress } = options
  const all = [...data.training, ...data.evaluation]
  const { features, items, skipped, notes } = await extractFeatures(backbone, all, {
    onBadImage,
    cache,
    signal,
    onProgress,
  })
  const inTraining = new Set(data.training)
  const training = items.filter((item) => inTraining.has(item))
  const evaluation = items.slice(training.length)
  if (evaluation.length === 0) {
    throw new DblossError('data', `none of the ${data.evaluation.length} evaluation images can be read`, {
      argument: 'data',
      found: skipped.length,
      expected: 'at least one evaluation image that can be read',
    })
  }
  const border = training.length * backbone.featureCount
  return {
    ...prepareRuns(options, training, classNames),
    training: { features: features.subarray(0, border), labels: labelsOf(training) },
    evaluation: { features: features.subarray(border), labels: labelsOf(evaluation) },
    skipped,
    notes,
  }
}

function labelsOf(items: readonly ImageItem[]): (readonly number[])[] {
  return items.map(({ labels }) => labels)
}
