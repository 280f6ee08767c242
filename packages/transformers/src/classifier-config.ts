import { AutoModelForImageClassification } from '@huggingface/transformers'
import type { ModelConfig } from './backbone/model-files.ts'

/** The key of `config.json` under which a saved model says that dbloss wrote it. */
export const recordKey = 'dbloss'

/** Whether the text of a `config.json` says that dbloss wrote it; no text that is not JSON does. */
export function hasRecord(text: string): boolean {
  try {
    const config: unknown = JSON.parse(text)
    return typeof config === 'object' && config !== null && recordKey in config
  } catch {
    return false
  }
}

/** The model type under which models are saved that transformers.js does not accept as classifiers. */
const standInType = 'vit'

/** What {@link classifierConfig} needs. */
export interface ClassifierConfigOptions {
  /** `config.json` of the backbone. */
  readonly config: ModelConfig
  /** The backbone as it was named. */
  readonly model: string
  /** The labels, in the order of the logits. */
  readonly classNames: readonly string[]
  /** What is known of the training, as JSON; it is kept under the key `dbloss`. */
  readonly record: Readonly<Record<string, unknown>>
}

/**
 * The `config.json` of a multi-label classifier on a backbone, as transformers.js loads it. A `model_type` that it does not
 * accept as a classifier is replaced by `vit`; what the backbone was is kept under `dbloss.original`.
 */
export function classifierConfig(options: ClassifierConfigOptions): Record<string, unknown> {
  const { model, classNames, record } = options
  const { [recordKey]: earlier, ...config } = options.config
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
      original: originalOf(earlier) ?? { model, model_type: config.model_type, architectures: config.architectures },
      ...record,
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
