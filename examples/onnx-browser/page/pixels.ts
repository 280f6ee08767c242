import type { Picture } from '@dbloss/example-tfjs-browser/pictures/picture-set'
import { pictureSize } from '@dbloss/example-tfjs-browser/pictures/scene'

/** The pixels of pictures, row-major [N, 3, size, size] from −1 to 1, as vision models take them. */
export function pixelValues(pictures: readonly Picture[]): Float32Array {
  const plane = pictureSize * pictureSize
  const values = new Float32Array(pictures.length * 3 * plane)
  for (const [index, { pixels }] of pictures.entries()) {
    for (let channel = 0; channel < 3; channel++) {
      const start = (3 * index + channel) * plane
      for (let at = 0; at < plane; at++) values[start + at] = pixels.data[4 * at + channel]! / 127.5 - 1
    }
  }
  return values
}
