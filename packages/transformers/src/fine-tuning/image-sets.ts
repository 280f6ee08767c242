import { DblossError } from '@dbloss/core'
import type { Backbone } from '../backbone/backbone.ts'
import type { ImageItem } from '../data/dataset.ts'
import { extractFeatures, type SkippedImage } from '../features/extract-features.ts'
import { labelsOf } from './label-lists.ts'
import type { FineTuneOptions } from './options.ts'
import type { FineTuneSplits } from './splits.ts'

/** Images of one purpose, with their features. */
export interface ImageSet {
  readonly items: readonly ImageItem[]
  /** For each image the indices of its classes. */
  readonly labels: readonly (readonly number[])[]
  /** Row-major [items.length, featureCount]. */
  readonly features: Float32Array
  /** Where the images are among all that are used. */
  readonly places: readonly number[]
}

/** The images that can be read, by what they are for. */
export interface ImageSets {
  readonly training: ImageSet
  /** Absent without images. */
  readonly validation?: ImageSet
  readonly evaluation: ImageSet
  /** Each image once, in the order of `places`. */
  readonly all: readonly ImageItem[]
  readonly skipped: readonly SkippedImage[]
  readonly notes: readonly string[]
}

/**
 * Computes the features of all images.
 *
 * @throws DblossError as `extractFeatures`; `data` when no image of evaluation can be read.
 */
export async function imageSets(
  backbone: Backbone,
  splits: FineTuneSplits,
  { onBadImage = 'fail', cache, signal, onProgress }: FineTuneOptions,
): Promise<ImageSets> {
  const { training, validation, evaluation } = splits
  // The validation images may be the evaluation images.
  const wanted = [...new Set([...training, ...validation, ...evaluation])]
  const options = { onBadImage, cache, signal, onProgress }
  const { features, items: all, skipped, notes } = await extractFeatures(backbone, wanted, options)
  const setOf = (members: readonly ImageItem[]): ImageSet => {
    const isMember = new Set(members)
    const items = all.filter((item) => isMember.has(item))
    // Those of a set are neighbours.
    const first = all.findIndex((item) => isMember.has(item))
    return {
      items,
      labels: labelsOf(items),
      features: features.subarray(first * backbone.featureCount, (first + items.length) * backbone.featureCount),
      places: items.map((_, index) => first + index),
    }
  }
  const measured = setOf(evaluation)
  if (measured.items.length === 0) {
    throw new DblossError('data', `none of the ${evaluation.length} evaluation images can be read`, {
      argument: 'data',
      found: skipped.length,
      expected: 'at least one evaluation image that can be read',
    })
  }
  const validated = setOf(validation)
  const lost = validation.length > 0 && validated.items.length === 0 ? ['no validation image can be read'] : []
  return {
    training: setOf(training),
    ...(validated.items.length === 0 ? {} : { validation: validated }),
    evaluation: measured,
    all,
    skipped,
    notes: [...notes, ...lost],
  }
}
