import { checkNumber, isDblossError } from '@dbloss/core'
import type { Backbone } from '../backbone/backbone.ts'
import type { ImageItem } from '../data/dataset.ts'
import { type OnProgress, startPhase } from '../progress.ts'
import { type Augmentations, checkAugmentations } from './augmentations.ts'
import { openFeatureCache } from './feature-cache.ts'
import { inOrder } from './in-order.ts'
import { type LoadedImage, loadImage } from './load-image.ts'
import { RowTable } from './row-table.ts'

/** What an image that cannot be read does: end the work, or be left out and reported. */
export type OnBadImage = 'fail' | 'skip'

/** An image that was left out. */
export interface SkippedImage {
  readonly path: string
  readonly reason: string
}

/** Options of {@link extractFeatures}. */
export interface ExtractOptions {
  /** Images that go through the model together. Default 8. */
  readonly batchSize?: number
  /**
   * A folder that keeps the features, for later runs and for this one when it is interrupted. They are found again by the
   * content of the image, the model with its pooling and precision, the processor and the augmentation. Default: none.
   */
  readonly cache?: string | undefined
  /** Default: none. */
  readonly augmentations?: Augmentations | undefined
  /** Default `fail`. */
  readonly onBadImage?: OnBadImage
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

/** The features of the images that could be read. */
export interface ExtractedFeatures<Item> {
  /** Row-major [items.length, featureCount]. */
  readonly features: Float32Array
  /** For each variant of `augmentations` a further set like `features`. */
  readonly variants: readonly Float32Array[]
  /** The items of the rows, in the order in which they were given. */
  readonly items: readonly Item[]
  readonly skipped: readonly SkippedImage[]
  /** What was found damaged in the cache, and has been computed again. */
  readonly notes: readonly string[]
}

/** Images that are read and decoded while the model runs. */
const imagesAhead = 16

type Loaded<Item> = { readonly item: Item; readonly image: LoadedImage } | SkippedImage

/**
 * Computes the feature vectors of images with the model's own preprocessing. The next images are read and decoded while the
 * model runs. What a cache holds is not computed again, and what was computed is in it even when the work ends early.
 *
 * @throws DblossError `data` for an image that cannot be read, naming it, unless `onBadImage` is `skip`; `model` for
 * features that are not finite; `output` for a cache that cannot be written; `argument` for numbers out of range. Rejects
 * with the signal's reason when it is aborted.
 */
export async function extractFeatures<Item extends Pick<ImageItem, 'path' | 'read'>>(
  backbone: Backbone,
  items: readonly Item[],
  options: ExtractOptions = {},
): Promise<ExtractedFeatures<Item>> {
  const { batchSize = 8, augmentations, onBadImage = 'fail', signal, onProgress } = options
  checkNumber('batchSize', batchSize, { integer: true, minimum: 1 })
  if (augmentations !== undefined) checkAugmentations(augmentations)
  const cache = options.cache === undefined ? undefined : await openFeatureCache(options.cache, backbone)
  const report = startPhase('features', items.length, onProgress)
  report(0)

  const rows = new RowTable(backbone, items.length, 1 + (augmentations?.variants ?? 0), cache)
  const kept: Item[] = []
  const skipped: SkippedImage[] = []
  const isWanted = (key: string) => cache?.get(key) === undefined
  const load = async (item: Item): Promise<Loaded<Item>> => {
    try {
      return { item, image: await loadImage(item, { backbone, augmentations, signal, isWanted }) }
    } catch (error) {
      if (onBadImage === 'fail' || !isDblossError(error) || error.code !== 'data') throw error
      return { path: item.path, reason: error.message }
    }
  }
  let done = 0
  try {
    for await (const loaded of inOrder(items, imagesAhead, load)) {
      signal?.throwIfAborted()
      if ('image' in loaded) rows.place(kept.push(loaded.item) - 1, loaded.image, loaded.item.path)
      else skipped.push(loaded)
      done++
      while (rows.pendingCount >= batchSize) await rows.compute(batchSize)
      if (done % batchSize === 0) report(done)
    }
    while (rows.pendingCount > 0) await rows.compute(batchSize)
    if (done % batchSize !== 0) report(done)
    signal?.throwIfAborted()
    await cache?.write()
  } catch (error) {
    // The first error is the one to tell; a disk without room would only repeat itself.
    await cache?.write().catch(() => undefined)
    throw error
  }
  const [features, ...variants] = rows.tables(kept.length)
  return { features: features!, variants, items: kept, skipped, notes: cache?.notes ?? [] }
}
