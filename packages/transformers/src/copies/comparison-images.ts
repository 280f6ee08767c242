import { createRandom } from '@dbloss/core'
import { RawImage } from '@huggingface/transformers'
import type { ImageItem } from '../data/dataset.ts'
import { readImageBytes } from '../data/read-image-bytes.ts'
import { decodeImage } from '../features/decode-image.ts'
import type { PrepareImage } from '../features/image-preparation.ts'
import { inOrder } from '../features/in-order.ts'
import type { PixelValues } from '../features/pixel-values.ts'

/** Copies are compared on so many images at most. */
const mostImages = 64

/** Images that are read at the same time. */
const imagesAhead = 4

/**
 * Reads and prepares images that copies are compared on: up to 64, evenly spaced in the list.
 *
 * @throws DblossError `data`, naming the image, for one that cannot be read.
 */
export async function preparedImages(
  items: readonly Pick<ImageItem, 'path' | 'read'>[],
  prepare: PrepareImage,
  signal?: AbortSignal,
): Promise<PixelValues[]> {
  const count = Math.min(items.length, mostImages)
  const chosen = Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!)
  const load = async (item: Pick<ImageItem, 'path' | 'read'>) =>
    prepare(await decodeImage(await readImageBytes(item, { signal }), item.path))
  const images: PixelValues[] = []
  for await (const image of inOrder(chosen, imagesAhead, load)) images.push(image)
  return images
}

/** Images of reproducible noise, for models without pictures at hand. */
export function preparedNoise(prepare: PrepareImage): Promise<PixelValues[]> {
  const [count, side] = [8, 256]
  const random = createRandom(0)
  const images = Array.from({ length: count }, () => {
    const pixels = Uint8ClampedArray.from({ length: 3 * side * side }, () => random.integer(256))
    return prepare(new RawImage(pixels, side, side, 3))
  })
  return Promise.all(images)
}
