import { join } from 'node:path'
import { binaryCrossEntropy } from '@dbloss/core'
import { type Backbone, loadBackbone } from '../backbone/backbone.ts'
import type { Dataset, ImageItem } from '../data/dataset.ts'
import { readDataset } from '../data/read-dataset.ts'
import { attachHead } from '../linear-head.ts'
import { checkOutputFolder } from '../output-folder.ts'
import { saveModel } from '../save.ts'
import { defaultLearningRate, resolveSettings } from '../training-settings.ts'
import { createBlockTrainer } from './block-trainer.ts'
import { settingsOfImages, settingsOfTraining } from './checkpoint-settings.ts'
import { checkCheckpoints, openCheckpoints } from './checkpoints.ts'
import { finishedRun } from './finished-run.ts'
import { computeFrozenRows } from './frozen-rows.ts'
import { imageNames } from './image-names.ts'
import { imageSets } from './image-sets.ts'
import { labelsOf, trainingStatistics } from './label-lists.ts'
import { prepareRuns } from './loss-choice.ts'
import type { FineTuneOptions } from './options.ts'
import { predictionsOf } from './prediction-lines.ts'
import { type ResolvedOptions, resolveOptions } from './resolved-options.ts'
import type { FineTuneResult } from './result.ts'
import { fileRows, memoryRows } from './row-store.ts'
import { checkCopies, copiesOfTrained } from './saved-copies.ts'
import { chooseSplits, type FineTuneSplits } from './splits.ts'
import { type TrainRunsOptions, trainRuns } from './train-runs.ts'
import { checkStoppable } from './validation.ts'

/**
 * Fine-tunes a vision model of transformers.js on multi-label photographs: computes the features of each image once, trains a
 * linear head on them and perhaps the last blocks after it, tunes thresholds and temperature on validation images, measures on
 * images that it has not seen, and saves backbone and head as one model that transformers.js loads and
 * {@link multiLabelPipeline} runs.
 *
 * The same options and seed give the same result, bit for bit on the CPU of one machine, also when the work was interrupted
 * and resumed.
 *
 * @throws DblossError before work starts: `data` for the folder, `model` for the backbone and for blocks that cannot be trained,
 * `output` for folders that exist or cannot be written, `statistics` for classes that the loss cannot weigh, `argument` for
 * settings and for checkpoints of others. Later: `data` for an image that cannot be read, `output` for a disk without room,
 * `runtime` when training diverges. Rejects with the signal's reason when it is aborted.
 *
 * @example
 * const result = await fineTune({ model: 'onnx-community/dinov2-small', data: './photos', output: './my-model' })
 */
export async function fineTune(options: FineTuneOptions): Promise<FineTuneResult> {
  const resolved = resolveOptions(options)
  const { output, overwrite = false, data } = options
  if (output !== undefined) await checkOutputFolder(output, overwrite)
  const dataset = typeof data === 'string' ? await readDataset(data) : data
  const splits = chooseSplits(dataset, options, resolved.seed)
  const statistics = trainingStatistics(splits.training, dataset.classNames)
  prepareRuns(resolved.choices, statistics)
  if (resolved.earlyStopping !== undefined) {
    checkStoppable(resolved.earlyStopping, { labels: labelsOf(splits.validation), statistics })
  }
  const backbone = await loadBackbone(options.model, {
    pooling: options.pooling ?? 'auto',
    dtype: options.dtype ?? 'fp32',
  })
  try {
    checkCopies(options.copies ?? [], backbone)
    const nameOf = await imageNames(data)
    const result = await trainAndSave({ options, resolved, backbone, dataset, splits, nameOf })
    return output === undefined ? result : { output, ...result }
  } finally {
    await backbone.dispose()
  }
}

interface Work {
  readonly options: FineTuneOptions
  readonly resolved: ResolvedOptions
  readonly backbone: Backbone
  readonly dataset: Dataset
  readonly splits: FineTuneSplits
  readonly nameOf: (item: ImageItem) => string
}

async function trainAndSave(work: Work): Promise<Omit<FineTuneResult, 'output'>> {
  const { options, resolved, backbone, dataset, splits, nameOf } = work
  const { classNames, withoutMetadata } = dataset
  const { checkpoints: folder, resume = false, output, overwrite = false, copies: wanted = [], signal } = options
  const known = settingsOfTraining(options, resolved, backbone)
  if (folder !== undefined) await checkCheckpoints(folder, known, resume)
  const { images, blocks } = await computeImages(work)
  const { training, validation } = images
  const statistics = trainingStatistics(training.items, classNames)
  if (resolved.earlyStopping !== undefined) {
    checkStoppable(resolved.earlyStopping, { labels: validation?.labels ?? [], statistics })
  }
  const prepared = prepareRuns(resolved.choices, statistics)
  const used = { training: training.items, validation: validation?.items ?? [] }
  const checkpoints =
    folder === undefined
      ? undefined
      : await openCheckpoints(folder, { ...known, ...settingsOfImages(prepared, classNames, used, nameOf) }, resume)
  const { learningRate: _, ...settings } = resolveSettings(
    { ...options, learningRate: defaultLearningRate },
    training.items.length,
  )
  const context = { options, resolved, settings, backbone, images, statistics, blocks, checkpoints }
  const trained = await trainRuns(prepared, context)
  const runs = trained.map((run) => finishedRun(run, images, statistics))
  const model = trained[0]!.model ?? attachHead(backbone.graph, trained[0]!.head)
  const thresholds = runs[0]!.tuned?.thresholds
  const { copies, notes } = await copiesOfTrained(model, wanted, { backbone, images, thresholds, signal })
  const result = {
    runs,
    copies: copies.map(({ content: _, ...copy }) => copy),
    statistics,
    classNames,
    evaluationCount: images.evaluation.items.length,
    evaluatedOn: splits.evaluatedOn,
    validationCount: used.validation.length,
    validatedOn: validation === undefined ? ('none' as const) : splits.validatedOn,
    features: { description: backbone.graph.description, count: backbone.featureCount },
    skipped: images.skipped,
    notes: [...splits.notes, ...images.notes, ...notes],
    withoutMetadata,
  }
  if (output !== undefined) {
    const predictions = predictionsOf(result, { images, trained, nameOf })
    const { featureScaling, earlyStopping } = resolved
    const record = { ...settings, featureScaling, ...(earlyStopping && { earlyStopping }), ...resolved.blocks }
    await saveModel({ output, overwrite, signal, backbone, result, model, copies, predictions, settings: record })
  }
  await checkpoints?.remove()
  return result
}

/** Computes the features, and what the frozen blocks make of the images where others are trained. */
async function computeImages({
  options,
  resolved,
  backbone,
  dataset,
  splits,
}: Work): Promise<Pick<TrainRunsOptions, 'images' | 'blocks'>> {
  const { cache, signal, onProgress } = options
  const { blocks } = resolved
  if (blocks === undefined) return { images: await imageSets(backbone, splits, options), blocks: undefined }
  // Made first: it tells whether the blocks can be trained. What the frozen ones compute depends on no head and no loss.
  const classCount = dataset.classNames.length
  const weights = new Float32Array(backbone.featureCount * classCount)
  const trainer = await createBlockTrainer({
    ...blocks,
    backbone,
    head: { weights, bias: new Float32Array(classCount), classCount },
    loss: binaryCrossEntropy(),
    learningRate: blocks.blockLearningRate,
    weightDecay: 0,
  })
  try {
    const images = await imageSets(backbone, splits, options)
    const place = `${backbone.fingerprint.slice(0, 32)}-last-${blocks.trainableBlocks}`
    const store = cache === undefined ? memoryRows() : await fileRows(join(cache, place))
    const rows = await computeFrozenRows({ backbone, trainer, items: images.all, store, signal, onProgress })
    return { images, blocks: { ...blocks, rows } }
  } finally {
    await trainer.dispose()
  }
}
