import type { Random } from '@dbloss/core'
import type { Patches } from '@dbloss/example-demo/backbone/matched-filters'

/** Width and height of a patch in pixels. */
export const patchSize = 7
const patchCount = 8000

/** Cuts patches out of pictures [N, 3, size, size] at random places, channel by channel as a convolution has them. */
export function cutPatches(pixels: Float32Array, pictureSize: number, random: Random): Patches {
  const length = 3 * patchSize * patchSize
  const plane = pictureSize * pictureSize
  const data = new Float64Array(patchCount * length)
  let position = 0
  for (let patch = 0; patch < patchCount; patch++) {
    const picture = random.integer(pixels.length / (3 * plane))
    const left = random.integer(pictureSize - patchSize + 1)
    const top = random.integer(pictureSize - patchSize + 1)
    for (let channel = 0; channel < 3; channel++) {
      for (let y = top; y < top + patchSize; y++) {
        const start = (3 * picture + channel) * plane + y * pictureSize + left
        data.set(pixels.subarray(start, start + patchSize), position)
        position += patchSize
      }
    }
  }
  return { data, count: patchCount, length }
}
