import {
  DblossError,
  type InputSource,
  type LabelStatistics,
  type LongTailMetrics,
  type Loss,
  longTailMetrics,
  previewInputs,
} from '@dbloss/core'
import { type Ort, onnxAdapter } from '@dbloss/onnx-training'
import type { EarlyStopping } from './options.ts'
import { labelMatrix } from './sample-stream.ts'
import { goodness, type ValidationMeasures } from './validation-metric.ts'

/** Images that are scored: their labels, and the statistics of the training images, which say what head and tail are. */
export interface ScoredImages {
  /** For each image the indices of its classes. */
  readonly labels: readonly (readonly number[])[]
  readonly statistics: LabelStatistics
}

/** Measures of logits, row-major [images, classes], at logit 0 or at the given thresholds. */
export function scoreImages(
  { labels, statistics }: ScoredImages,
  data: Float32Array,
  thresholds: number | readonly number[] = 0,
): LongTailMetrics {
  return longTailMetrics({ labels, scores: { data, classCount: statistics.classCount }, statistics, thresholds })
}

/** Measures validation images again and again. */
export interface Validator {
  /** @param logits row-major [images, classes]. */
  measure(logits: Float32Array): Promise<ValidationMeasures>
  dispose(): Promise<void>
}

/** Images that are measured between the steps of a training. */
export interface ValidatedImages extends ScoredImages {
  /** The source that the training takes the further inputs of its loss from. */
  readonly inputSource?: InputSource
}

/**
 * Prepares the loss of validation images. Its further inputs are those that the source would make next: the measure follows from
 * the state of the training, and leaves it as it is.
 */
export async function createValidator(ort: Ort, loss: Loss, images: ValidatedImages): Promise<Validator> {
  const { labels, statistics, inputSource } = images
  const compiled = await onnxAdapter({ ort }).compile(loss)
  const batch = { labels: labelMatrix(labels, statistics.classCount), batchSize: labels.length }
  return {
    measure: async (logits) => {
      const { map, f1 } = scoreImages(images, logits)
      const inputs = inputSource && previewInputs(inputSource, batch)
      const { value } = await compiled.evaluate({ ...batch, logits, ...(inputs && { inputs }) })
      return { loss: value, map, f1 }
    },
    dispose: async () => compiled.dispose?.(),
  }
}

/**
 * Checks before work starts that the metric of early stopping has a value on the validation images.
 *
 * @throws DblossError `argument` without validation images, and where no class that the metric is about has a positive.
 */
export function checkStoppable({ metric = 'map' }: EarlyStopping, images: ScoredImages): void {
  const { labels, statistics } = images
  const expected = 'validation images with positives of the classes that are measured'
  if (labels.length === 0) {
    throw new DblossError('argument', `earlyStopping has no validation images to measure on; expected ${expected}`, {
      argument: 'earlyStopping',
      found: 0,
      expected,
    })
  }
  const { map, f1 } = scoreImages(images, new Float32Array(labels.length * statistics.classCount))
  if (!Number.isNaN(goodness(metric, { loss: 0, map, f1 }))) return
  throw new DblossError('argument', `${metric} has no value on the validation images; expected ${expected}`, {
    argument: 'earlyStopping',
    found: metric,
    expected,
  })
}
