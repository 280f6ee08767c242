import { resolve } from 'node:path'
import sharp from 'sharp'

/** Gives a small JPEG of a picture, or nothing where there is none that can be read. */
export type ReadThumbnail = (file: string) => Promise<Uint8Array | undefined>

/** In pixels, twice what they are shown at on a narrow window. */
const size = { width: 320, height: 240 }

/** Reads thumbnails of the pictures in a folder, upright as the camera says. */
export function thumbnailsIn(folder: string): ReadThumbnail {
  return async (file) => {
    try {
      return await sharp(resolve(folder, file))
        .rotate()
        .resize({ ...size, fit: 'inside', withoutEnlargement: true })
        .flatten({ background: '#ffffff' })
        .jpeg({ quality: 70 })
        .toBuffer()
    } catch {
      return undefined
    }
  }
}
