import type { Random } from '@dbloss/core'
import sharp from 'sharp'
import type { Patches } from './matched-filters.ts'

/** Width and height of the pictures that the backbone sees. */
export const inputSize = 64
/** Width and height of a patch. */
export const patchSize = 7

/** Cuts `perPicture` random patches out of each picture: values from −1 to 1, channel by channel as a convolution has them. */
export async function cutPatches(files: readonly string[], perPicture: number, random: Random): Promise<Patches> {
  const length = 3 * patchSize * patchSize
  const data = new Float64Array(files.length * perPicture * length)
  let position = 0
  for (const file of files) {
    const pixels = await sharp(file).resize(inputSize, inputSize, { kernel: 'linear' }).raw().toBuffer()
    for (let patch = 0; patch < perPicture; patch++) {
      const left = random.integer(inputSize - patchSize + 1)
      const top = random.integer(inputSize - patchSize + 1)
      for (let channel = 0; channel < 3; channel++) {
        for (let y = top; y < top + patchSize; y++) {
          for (let x = left; x < left + patchSize; x++) {
            data[position++] = pixels[3 * (y * inputSize + x) + channel]! / 127.5 - 1
          }
        }
      }
    }
  }
  return { data, count: files.length * perPicture, length }
}
