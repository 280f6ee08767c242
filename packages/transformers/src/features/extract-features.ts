import { checkNumber, DblossError, isDblossError } from '@dbloss/core'
import type { Backbone } from '../backbone/backbone.ts'
import { type OnProgress, startPhase } from '../progress.ts'
import { type PixelValues, readPixelValues } from './pixel-values.ts'

/** What an image that cannot be read does: end the work, or be left out and reported. */
export type OnBadImage = 'fail' | 'skip'

/** An image that was left out. */
export interface SkippedImage {
  readonly path: string
  readonly reason: string
}

/** Options of {@link extractFeatures}. */
export interface ExtractOptions {
  /** Images that go through the model together. Default 16. */
  readonly batchSize?: number
  /** Default `fail`. */
  readonly onBadImage?: OnBadImage
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

/** The features of the images that could be read. */
export interface ExtractedFeatures<Item> {
  /** Row-major [items.length, featureCount]. */
  readonly features: Float32Array
  /** The items of the rows, in the order in which they were given. */
  readonly items: readonly Item[]
  readonly skipped: readonly SkippedImage[]
}

type Loaded<Item> = { readonly item: Item; readonly image: PixelValues } | SkippedImage

/**
 * Computes the feature vectors of image files with the model's own preprocessing. The next batch is read and decoded while
 * the model runs.
 *
 * @throws DblossError `data` for an image that cannot be read, naming it, unless `onBadImage` is `skip`; `model` for
 * features that are not finite. Rejects with the signal's reason when it is aborted.
 */
export async function extractFeatures<Item extends { readonly path: string }>(
  backbone: Backbone,
  items: readonly Item[],
  { batchSize = 16, onBadImage = 'fail', signal, onProgress }: ExtractOptions = {},
): Promise<ExtractedFeatures<Item>> {
  checkNumber('batchSize', batchSize, { integer: true, minimum: 1 })
  const report = startPhase('features', items.length, onProgress)
  report(0)
  const load = (start: number) =>
    Promise.all(items.slice(start, start + batchSize).map((item) => loadImage(item, backbone, onBadImage)))

  const { featureCount } = backbone
  const features = new Float32Array(items.length * featureCount)
  const kept: Item[] = []
  const skipped: SkippedImage[] = []
  let next = load(0)
  for (let start = 0; start < items.length; start += batchSize) {
    signal?.throwIfAborted()
    const batch = await next
    next = load(start + batchSize)
    // A failure of the next batch is thrown when its turn comes, or not at all when this one fails.
    next.catch(() => undefined)
    const readable = batch.flatMap((loaded) => ('image' in loaded ? [loaded] : []))
    skipped.push(...batch.flatMap((loaded) => ('reason' in loaded ? [loaded] : [])))
    if (readable.length > 0) {
      const rows = await backbone.run(readable.map(({ image }) => image))
      checkFinite(rows, readable, featureCount)
      features.set(rows, kept.length * featureCount)
      kept.push(...readable.map(({ item }) => item))
    }
    report(Math.min(start + batchSize, items.length))
  }
  signal?.throwIfAborted()
  return { features: features.slice(0, kept.length * featureCount), items: kept, skipped }
}

async function loadImage<Item extends { readonly path: string }>(
  item: Item,
  { processor }: Backbone,
  onBadImage: OnBadImage,
): Promise<Loaded<Item>> {
  try {
    return { item, image: await readPixelValues(item.path, processor) }
  } catch (error) {
    if (onBadImage === 'fail' || !isDblossError(error)) throw error
    return { path: item.path, reason: error.message }
  }
}

function checkFinite(rows: Float32Array, images: readonly { item: { path: string } }[], featureCount: number): void {
  const invalid = rows.findIndex((value) => !Number.isFinite(value))
  if (invalid < 0) return
  const { path } = images[Math.floor(invalid / featureCount)]!.item
  throw new DblossError('model', `the model gives ${rows[invalid]} among the features of ${path}`, {
    argument: 'model',
    found: rows[invalid],
    expected: 'finite features',
  })
}
