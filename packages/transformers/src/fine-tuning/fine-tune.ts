import { DblossError, longTailMetrics } from '@dbloss/core'
import { type Backbone, loadBackbone } from '../backbone/backbone.ts'
import { readDataset } from '../data/read-dataset.ts'
import { extractFeatures } from '../features/extract-features.ts'
import { checkFeatureScaling, defaultFeatureScaling } from '../features/feature-scaling.ts'
import { applyHead } from '../linear-head.ts'
import { checkOutputFolder } from '../output-folder.ts'
import { startPhase } from '../progress.ts'
import { saveModel } from '../save.ts'
import { trainHead } from '../train-head.ts'
import { resolveSettings } from '../training-settings.ts'
import { labelsOf, trainingStatistics } from './label-lists.ts'
import { prepareRuns, type RunChoice } from './loss-choice.ts'
import type { FineTuneOptions } from './options.ts'
import type { FineTuneResult, FineTuneRun } from './result.ts'
import { chooseSplits, type FineTuneSplits } from './splits.ts'

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
  const given = { ...options, learningRate: options.learningRate === 'find' ? 3e-3 : (options.learningRate ?? 3e-3) }
  // Checked before work starts; how many epochs are the default is known when the images are.
  const { seed } = resolveSettings(given, 1)
  checkFeatureScaling(featureScaling)
  if (output !== undefined) await checkOutputFolder(output, overwrite)
  const dataset = typeof options.data === 'string' ? await readDataset(options.data) : options.data
  const { classNames, withoutMetadata } = dataset
  const splits = chooseSplits(dataset, options, seed)
  const { loss = 'distribution-balanced', sampler = 'uniform', compare = [] } = options
  const choices: RunChoice[] = [{ loss, sampler }, ...compare]
  prepareRuns(choices, trainingStatistics(splits.training, classNames))

  const backbone = await loadBackbone(options.model, {
    pooling: options.pooling ?? 'auto',
    dtype: options.dtype ?? 'fp32',
  })
  try {
    const measured = await measure(backbone, splits, options)
    const { training, evaluation } = measured
    const statistics = trainingStatistics(measured.items, classNames)
    const prepared = prepareRuns(choices, statistics)
    const settings = { ...resolveSettings(given, training.labels.length), featureScaling }
    const report = startPhase('training', prepared.length * settings.epochs, options.onProgress)
    report(0)
    const runs: FineTuneRun[] = []
    for (const { name, loss, lossName, sampler } of prepared) {
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
      runs.push({
        name,
        loss: lossName,
        lossParameters: loss.parameters,
        sampler,
        metrics,
        lossCurve,
        training: { head: { lossCurve, validationCurve: [], keptEpoch: lossCurve.length } },
        learningRate: settings.learningRate,
        head,
      })
    }
    const result = {
      runs,
      statistics,
      classNames,
      evaluationCount: evaluation.labels.length,
      evaluatedOn: splits.evaluatedOn,
      validationCount: splits.validation.length,
      validatedOn: splits.validatedOn,
      features: { description: backbone.graph.description, count: backbone.featureCount },
      skipped: measured.skipped,
      notes: [...splits.notes, ...measured.notes],
      withoutMetadata,
    }
    if (output === undefined) return result
    await saveModel({ output, overwrite, signal, backbone, result, settings })
    return { output, ...result }
  } finally {
    await backbone.dispose()
  }
}

/** Computes the features. */
async function measure(backbone: Backbone, data: FineTuneSplits, options: FineTuneOptions) {
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
    items: training,
    training: { features: features.subarray(0, border), labels: labelsOf(training) },
    evaluation: { features: features.subarray(border), labels: labelsOf(evaluation) },
    skipped,
    notes,
  }
}
