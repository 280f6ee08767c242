import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeModel } from '@dbloss/onnx-training'
import type { Backbone } from './backbone/backbone.ts'
import { classifierConfig } from './classifier-config.ts'
import type { FeatureScaling } from './features/feature-scaling.ts'
import type { FineTuneResult } from './fine-tuning/result.ts'
import { attachHead } from './linear-head.ts'
import { modelCard } from './model-card.ts'
import { writeFolder } from './output-folder.ts'
import type { TrainingSettings } from './training-settings.ts'

/** The settings that a saved model records. */
export type SavedSettings = Required<TrainingSettings> & { readonly featureScaling: FeatureScaling }

/** What {@link saveModel} needs. */
export interface SaveOptions {
  readonly output: string
  readonly overwrite: boolean
  readonly signal?: AbortSignal | undefined
  readonly backbone: Backbone
  /** Its first run is saved. */
  readonly result: Omit<FineTuneResult, 'output'>
  readonly settings: SavedSettings
}

/**
 * Saves backbone and head as a folder that transformers.js loads: `config.json`, `preprocessor_config.json` as it was,
 * `onnx/model.onnx` (`pixel_values` → `logits`) and a model card. The folder appears as a whole, or not at all.
 *
 * @throws DblossError `output` as {@link writeFolder}.
 */
export async function saveModel({ output, overwrite, signal, backbone, result, settings }: SaveOptions): Promise<void> {
  const [{ head }] = result.runs as [FineTuneResult['runs'][number]]
  await writeFolder(output, { overwrite, signal }, async (folder) => {
    await mkdir(join(folder, 'onnx'))
    await writeFile(join(folder, 'onnx', 'model.onnx'), encodeModel(attachHead(backbone.graph, head)))
    await writeFile(join(folder, 'preprocessor_config.json'), backbone.preprocessor)
    await writeFile(join(folder, 'config.json'), json(savedConfig(backbone, result, settings)))
    await writeFile(join(folder, 'README.md'), modelCard(backbone.name, result, settings))
  })
}

function savedConfig(
  backbone: Backbone,
  { runs, classNames, statistics, features, evaluatedOn, evaluationCount }: SaveOptions['result'],
  settings: SavedSettings,
): Record<string, unknown> {
  const [{ loss, lossParameters, sampler, metrics }] = runs as [FineTuneResult['runs'][number]]
  return classifierConfig({
    config: backbone.config,
    model: backbone.name,
    classNames,
    record: {
      features: features.description,
      loss: { name: loss, parameters: lossParameters },
      sampler,
      ...settings,
      training: { samples: statistics.sampleCount, classCounts: statistics.classCounts },
      evaluation: { on: evaluatedOn, samples: evaluationCount, ...metrics },
    },
  })
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
