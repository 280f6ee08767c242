import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '@dbloss/core'
import sharp from 'sharp'

/** Colours that stand for labels; a picture of several labels has a stripe of each. */
export const colours = { blue: [30, 60, 220], green: [40, 200, 60], red: [220, 40, 40] } as const
export type Colour = keyof typeof colours

/** Pictures with their labels, by file name. */
export type Pictures = Readonly<Record<string, readonly Colour[]>>

/** A JPEG of 32 × 24 noisy pixels with a stripe of each colour; grey without labels. */
export function drawJpeg(labels: readonly Colour[], seed: number): Promise<Buffer> {
  const [width, height] = [32, 24]
  const random = createRandom(seed)
  const pixels = new Uint8Array(width * height * 3)
  for (let place = 0; place < width * height; place++) {
    const stripe = Math.floor(((place % width) * labels.length) / width)
    const colour = labels.length === 0 ? [120, 120, 120] : colours[labels[stripe]!]
    for (let channel = 0; channel < 3; channel++) {
      pixels[3 * place + channel] = Math.min(255, Math.max(0, colour[channel]! + random.integer(31) - 15))
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer()
}

/** Writes pictures with their `metadata.jsonl` into a folder. */
export async function writePictures(folder: string, pictures: Pictures): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const lines = Object.entries(pictures).map(([name, labels]) => JSON.stringify({ file_name: name, labels }))
  writeFileSync(join(folder, 'metadata.jsonl'), `${lines.join('\n')}\n`)
  for (const [index, [name, labels]] of Object.entries(pictures).entries()) {
    writeFileSync(join(folder, name), await drawJpeg(labels, index))
  }
}

/** `count` pictures that cycle through label sets. */
export function cycle(count: number, labelSets: readonly (readonly Colour[])[]): Pictures {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${index}.jpg`, labelSets[index % labelSets.length]!]),
  )
}
