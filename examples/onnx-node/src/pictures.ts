import { createRandom, type Random } from '@dbloss/core'
import { planLabels, trainingCounts } from '@dbloss/example-demo/pictures/label-plan'
import { drawPicture } from '@dbloss/example-demo/pictures/picture'
import { thingNames } from '@dbloss/example-demo/pictures/things'
import sharp from 'sharp'

/** The kinds of things that the pictures show, from the most frequent to the rarest. */
export const classNames: readonly string[] = thingNames

/** Pictures and what they show. */
export interface Pictures {
  /** Row-major [N, 3, size, size], from −1 to 1. */
  readonly pixels: Float32Array
  /** For each picture the indices of its classes. */
  readonly labels: readonly (readonly number[])[]
}

/** Test pictures that show each kind. */
const testPerKind = 30

/** Draws a long-tailed set to train on, and one in which all kinds are equally frequent to measure on. */
export async function drawPictures(size: number, seed: number): Promise<{ train: Pictures; test: Pictures }> {
  const random = createRandom(seed)
  const train = await draw(trainingCounts(), size, random)
  const test = await draw(Array<number>(classNames.length).fill(testPerKind), size, random)
  return { train, test }
}

async function draw(counts: readonly number[], size: number, random: Random): Promise<Pictures> {
  const labels = planLabels(counts, random)
  const drawings = labels.map((shown) => drawPicture(shown, random))
  const plane = size * size
  const pixels = new Float32Array(labels.length * 3 * plane)
  const paint = async (svg: string, picture: number): Promise<void> => {
    const bytes = await sharp(Buffer.from(svg)).flatten().resize(size, size).raw().toBuffer()
    for (const [at, byte] of bytes.entries()) {
      pixels[(3 * picture + (at % 3)) * plane + Math.floor(at / 3)] = byte / 127.5 - 1
    }
  }
  await Promise.all(drawings.map(paint))
  return { pixels, labels }
}
