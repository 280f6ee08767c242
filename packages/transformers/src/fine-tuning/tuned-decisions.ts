import { fitTemperature, tuneThresholds } from '@dbloss/core'
import type { TunedDecisions } from './result.ts'
import { type ScoredImages, scoreImages } from './validation.ts'

/** Images with the logits that a model gave them, row-major [images, classes]. */
export interface ImagesWithLogits extends ScoredImages {
  readonly logits: Float32Array
}

/** Tunes thresholds and temperature on validation images, and measures what the thresholds are worth on others. */
export function tuneDecisions(validation: ImagesWithLogits, evaluation: ImagesWithLogits): TunedDecisions {
  const { labels, logits, statistics } = validation
  const samples = { labels, scores: { data: logits, classCount: statistics.classCount } }
  const { thresholds, unpredictedClasses } = tuneThresholds(samples)
  const { temperatures, boundedClasses } = fitTemperature(samples)
  return {
    thresholds,
    unpredictedClasses,
    // At a bound, as where all labels are told without an error, the images do not say what it should be.
    ...(boundedClasses.length > 0 ? {} : { temperature: temperatures[0]! }),
    metrics: scoreImages(evaluation, evaluation.logits, thresholds),
  }
}
