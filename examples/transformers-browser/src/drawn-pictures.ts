import { createRandom } from '@dbloss/core'
import sharp from 'sharp'
import { side } from './small-model.ts'

const colours = { blue: [40, 60, 215], green: [50, 190, 60], red: [215, 50, 40] } as const
/** What a drawn picture can show. */
export type Colour = keyof typeof colours

/** A file as a browser is given it. */
export interface PictureFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** A PNG with a noisy stripe of each colour. */
export async function drawPicture(name: string, shown: readonly Colour[], seed: number): Promise<PictureFile> {
  const random = createRandom(seed)
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, index) => {
    const stripe = Math.floor(((Math.floor(index / 3) % side) * shown.length) / side)
    return colours[shown[stripe]!][index % 3]! + random.integer(61) - 30
  })
  const image = sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
  return { name, mimeType: 'image/png', buffer: await image.png().toBuffer() }
}
