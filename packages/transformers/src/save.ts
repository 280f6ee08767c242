import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeModel } from '@dbloss/onnx-training'
import { AutoModelForImageClassification } from '@huggingface/transformers'
import type { Backbone } from './backbone/backbone.ts'
import type { ModelConfig } from './backbone/model-files.ts'
import type { FeatureScaling } from './features/feature-scaling.ts'
import type { FineTuneResult } from './fine-tuning/result.ts'
import { attachHead } from './linear-head.ts'
import { modelCard } from './model-card.ts'
import { recordKey, writeFolder } from './output-folder.ts'
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
    await writeFile(join(folder, 'config.json'), json(classifierConfig(backbone, result, settings)))
    await writeFile(join(folder, 'README.md'), modelCard(backbone.name, result, settings))
  })
}

/** The model type under which models are saved that transformers.js does not accept as classifiers. */
const standInType = 'vit'

function classifierConfig(
  backbone: Backbone,
  { runs, classNames, statistics, features, evaluatedOn, evaluationCount }: SaveOptions['result'],
  settings: SavedSettings,
): Record<string, unknown> {
  const [{ loss, lossParameters, sampler, metrics }] = runs as [FineTuneResult['runs'][number]]
  const { [recordKey]: earlier, ...config } = backbone.config
  const originalType = String(config.model_type)
  const type = AutoModelForImageClassification.supports(originalType) ? originalType : standInType
  return {
    ...config,
    model_type: type,
    architectures: [architectureOf(type)],
    problem_type: 'multi_label_classification',
    id2label: Object.fromEntries(classNames.map((name, index) => [index, name])),
    label2id: Object.fromEntries(classNames.map((name, index) => [name, index])),
    // Otherwise a browser would look for quantised weights, which are not here.
    'transformers.js_config': { dtype: 'fp32' },
    [recordKey]: {
      original: originalOf(earlier) ?? {
        model: backbone.name,
        model_type: config.model_type,
        architectures: config.architectures,
      },
      features: features.description,
      loss: { name: loss, parameters: lossParameters },
      sampler,
      ...settings,
      training: { samples: statistics.sampleCount, classCounts: statistics.classCounts },
      evaluation: { on: evaluatedOn, samples: evaluationCount, ...metrics },
    },
  }
}

/** What a model was before dbloss first saved it. */
function originalOf(record: ModelConfig[string]): unknown {
  return typeof record === 'object' && record !== null && 'original' in record ? record.original : undefined
}

function architectureOf(type: string): string | undefined {
  return AutoModelForImageClassification.MODEL_CLASS_MAPPINGS.map((mapping) => mapping.get(type)).find(
    (name) => name !== undefined,
  )
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
