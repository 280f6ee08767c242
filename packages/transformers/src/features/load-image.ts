import { createHash } from 'node:crypto'
import type { Backbone } from '../backbone/backbone.ts'
import type { ImageItem } from '../data/dataset.ts'
import { readImageBytes } from '../data/read-image-bytes.ts'
import { type Augmentations, variantKey, vary } from './augmentations.ts'
import { decodeImage } from './decode-image.ts'
import type { PixelValues } from './pixel-values.ts'

/** An image that can be read: the keys of the photograph and of its variants, and the pixels of those that are wanted. */
export interface LoadedImage {
  readonly keys: readonly string[]
  /** By key. */
  readonly pixels: ReadonlyMap<string, PixelValues>
}

/** What {@link loadImage} needs. */
export interface LoadOptions {
  readonly backbone: Backbone
  readonly augmentations?: Augmentations | undefined
  readonly signal?: AbortSignal | undefined
  /** Whether the features of a key are still unknown. */
  readonly isWanted: (key: string) => boolean
}

/**
 * Reads an image, and decodes and prepares it when its features are wanted.
 *
 * @throws DblossError `data`, naming the image, when it cannot be read or decoded.
 */
export async function loadImage(
  item: Pick<ImageItem, 'path' | 'read'>,
  { backbone, augmentations, signal, isWanted }: LoadOptions,
): Promise<LoadedImage> {
  const bytes = await readImageBytes(item, { signal })
  const imageHash = createHash('sha256').update(bytes).digest('hex')
  const variantKeys = Array.from({ length: augmentations?.variants ?? 0 }, (_, index) =>
    variantKey(imageHash, index, augmentations!),
  )
  const keys = [imageHash, ...variantKeys]
  const pixels = new Map<string, PixelValues>()
  if (!keys.some(isWanted)) return { keys, pixels }
  const image = await decodeImage(bytes, item.path)
  for (const key of variantKeys.filter(isWanted)) {
    pixels.set(key, await backbone.prepare(vary(image, key, augmentations!)))
  }
  if (isWanted(imageHash)) pixels.set(imageHash, await backbone.prepare(image))
  return { keys, pixels }
}
