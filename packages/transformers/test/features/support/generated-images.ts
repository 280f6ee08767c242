import { createRandom } from '@dbloss/core'
import sharp from 'sharp'

/** An image that is encoded when it is read. */
export interface GeneratedImage {
  readonly path: string
  readonly read: () => Promise<Uint8Array>
}

/** Images of noise, each another one, that exist nowhere before they are read. */
export function generatedImages(count: number): GeneratedImage[] {
  return Array.from({ length: count }, (_, index) => ({ path: `image ${index}`, read: () => draw(index) }))
}

function draw(seed: number): Promise<Uint8Array> {
  const [width, height] = [24, 20]
  const random = createRandom(seed)
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256))
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer()
}
