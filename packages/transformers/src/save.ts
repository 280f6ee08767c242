import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeModel, type ModelProto } from '@dbloss/onnx-training'
import type { Backbone } from './backbone/backbone.ts'
import { classifierConfig } from './classifier-config.ts'
import type { CopyWithContent } from './copies/model-copy.ts'
import { copiesRecord, withCopiesSection } from './copies/saved-copies.ts'
import type { FeatureScaling } from './features/feature-scaling.ts'
import type { BlockSettings, EarlyStopping } from './fine-tuning/options.ts'
import type { FineTuneResult, FineTuneRun } from './fine-tuning/result.ts'
import { modelCard } from './model-card.ts'
import { writeFolder } from './output-folder.ts'
import { type WritePredictionsOptions, writePredictions } from './predictions/write-predictions.ts'
import type { TrainingSettings } from './training-settings.ts'

/** The settings that a saved model records; the learning rate is that of its run. */
export type SavedSettings = Omit<Required<TrainingSettings>, 'learningRate'> &
  BlockSettings & { readonly featureScaling: FeatureScaling; readonly earlyStopping?: EarlyStopping }

/** What {@link saveModel} needs. */
export interface SaveOptions {
  readonly output: string
  readonly overwrite: boolean
  readonly signal?: AbortSignal | undefined
  readonly backbone: Backbone
  /** Its first run is saved. */
  readonly result: Omit<FineTuneResult, 'output'>
  /** `pixel_values` → `logits` */
  readonly model: ModelProto
  readonly copies: readonly CopyWithContent[]
  readonly predictions: WritePredictionsOptions
  readonly settings: SavedSettings
}

/**
 * Saves a model as a folder that transformers.js loads: `config.json`, `preprocessor_config.json` as it was, `onnx/model.onnx`
 * (`pixel_values` → `logits`), copies of it, a model card and `predictions.jsonl`. The folder appears as a whole, or not at all.
 *
 * @throws DblossError `output` as {@link writeFolder}.
 */
export async function saveModel(options: SaveOptions): Promise<void> {
  const { output, overwrite, signal, backbone, result, model, copies, predictions, settings } = options
  await writeFolder(output, { overwrite, signal }, async (folder) => {
    await mkdir(join(folder, 'onnx'))
    await writeFile(join(folder, 'onnx', 'model.onnx'), encodeModel(model))
    for (const { file, content } of copies) await writeFile(join(folder, file), content)
    await writeFile(join(folder, 'preprocessor_config.json'), backbone.preprocessor)
    await writeFile(join(folder, 'config.json'), json(savedConfig(backbone, result, settings)))
    await writeFile(join(folder, 'README.md'), withCopiesSection(modelCard(backbone.name, result, settings), copies))
    await writePredictions(join(folder, 'predictions.jsonl'), {
      ...predictions,
      ...(signal === undefined ? {} : { signal }),
    })
  })
}

function savedConfig(
  backbone: Backbone,
  { runs, copies, classNames, statistics, features, ...result }: SaveOptions['result'],
  settings: SavedSettings,
): Record<string, unknown> {
  const [{ loss, lossParameters, sampler, learningRate, metrics, validation, tuned }] = runs as [FineTuneRun]
  const { evaluatedOn, evaluationCount, validatedOn, validationCount } = result
  return classifierConfig({
    config: backbone.config,
    model: backbone.name,
    classNames,
    record: {
      features: features.description,
      loss: { name: loss, parameters: lossParameters },
      sampler,
      ...settings,
      learningRate,
      ...(tuned === undefined ? {} : { thresholds: tuned.thresholds }),
      ...(tuned?.temperature === undefined ? {} : { temperature: tuned.temperature }),
      ...(copies.length === 0 ? {} : { copies: copiesRecord(copies) }),
      training: { samples: statistics.sampleCount, classCounts: statistics.classCounts },
      ...(validation === undefined ? {} : { validation: { on: validatedOn, samples: validationCount, ...validation } }),
      evaluation: { on: evaluatedOn, samples: evaluationCount, ...metrics },
    },
  })
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
