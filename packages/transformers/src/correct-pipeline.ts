import { ImageClassificationPipeline, RawImage, type Tensor } from '@huggingface/transformers'
import { labelDecisions, labelNames, readTuning } from './label-decisions.ts'

type Images = Parameters<typeof RawImage.read>[0] | readonly Parameters<typeof RawImage.read>[0][]

/** An image-classification pipeline of transformers.js, with the scores that its model means. */
export type CorrectedPipeline = ImageClassificationPipeline & {
  /**
   * The scores above which labels are given, by label: σ of the thresholds that `fineTune` has tuned. Absent for models without
   * them.
   */
  readonly thresholds?: Readonly<Record<string, number>>
}

/**
 * Corrects an image-classification pipeline of transformers.js, which always applies softmax, as if an image had exactly one label:
 * for a model whose config says `problem_type: 'multi_label_classification'` scores are σ(logits), one a label. All else is as
 * before: `top_k` labels (default 5) by descending score. Pipelines of other models are given back as they are.
 *
 * The pipeline that is passed is not changed. Both use the same model: dispose one of them.
 *
 * @param classifier from `pipeline('image-classification', …)`.
 * @throws DblossError `model` when the config has thresholds that do not fit its labels; the pipeline throws `argument` for a `top_k`
 * that is no number of labels.
 *
 * @example
 * const classify = correctPipeline(await pipeline('image-classification', 'user/name'))
 * const labels = await classify('photo.jpg', { top_k: null })
 * const given = labels.filter(({ label, score }) => score > (classify.thresholds?.[label] ?? 0.5))
 */
export function correctPipeline(classifier: ImageClassificationPipeline): CorrectedPipeline {
  const { problem_type } = classifier.model.config as { problem_type?: unknown }
  return problem_type === 'multi_label_classification' ? new MultiLabelClassificationPipeline(classifier) : classifier
}

class MultiLabelClassificationPipeline extends ImageClassificationPipeline {
  readonly thresholds?: Readonly<Record<string, number>>
  readonly #names: readonly string[]

  constructor(classifier: ImageClassificationPipeline) {
    super(classifier)
    const names = labelNames(classifier.model.config)
    this.#names = names
    const options = { classCount: names.length, model: 'the model', calibrated: false }
    const { thresholds } = readTuning(classifier.model.config, options)
    if (thresholds === undefined) return
    this.thresholds = Object.fromEntries(names.map((name, index) => [name, 1 / (1 + Math.exp(-thresholds[index]!))]))
  }

  override async _call(images: Images, { top_k = 5 }: { top_k?: number | null } = {}) {
    const list = isList(images) ? images : [images]
    const decide = labelDecisions(
      { threshold: 0, ...(top_k === null ? {} : { topK: top_k }) },
      { names: this.#names, thresholds: undefined, temperature: 1 },
    )
    const { pixel_values } = await this.processor(await Promise.all(list.map((image) => RawImage.read(image))))
    const { logits } = (await this.model({ pixel_values })) as { logits: Tensor }
    const scored = Array.from(logits, (row: Tensor) => decide(row.data as Float32Array))
    return isList(images) ? scored : scored[0]!
  }
}

function isList<T>(images: T | readonly T[]): images is readonly T[] {
  return Array.isArray(images)
}
