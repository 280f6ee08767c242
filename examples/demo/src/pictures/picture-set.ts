import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom, type Random } from '@dbloss/core'
import sharp from 'sharp'
import { planLabels, testCounts, trainingCounts } from './label-plan.ts'
import { drawPicture } from './picture.ts'
import { thingNames } from './things.ts'

/** One picture of the set. */
export interface Picture {
  /** Path relative to the folder of its split. */
  readonly fileName: string
  /** Positions in `thingNames`. */
  readonly shown: readonly number[]
}

/** The pictures that {@link drawPictureSet} wrote. */
export interface PictureSet {
  readonly train: readonly Picture[]
  readonly test: readonly Picture[]
}

/**
 * Draws the whole set into an imagefolder: `train/` and `test/` with JPEG files and `metadata.jsonl`. The same seed gives
 * the same pictures.
 */
export async function drawPictureSet(folder: string, seed: number, signal: AbortSignal): Promise<PictureSet> {
  const random = createRandom(seed)
  const train = await drawSplit(join(folder, 'train'), trainingCounts(), random, signal)
  const test = await drawSplit(join(folder, 'test'), testCounts(), random, signal)
  return { train, test }
}

async function drawSplit(
  folder: string,
  counts: readonly number[],
  random: Random,
  signal: AbortSignal,
): Promise<Picture[]> {
  await mkdir(folder, { recursive: true })
  const pictures = planLabels(counts, random).map((shown, index) => ({
    fileName: `${String(index).padStart(4, '0')}.jpg`,
    shown,
  }))
  for (const { fileName, shown } of pictures) {
    signal.throwIfAborted()
    const svg = drawPicture(shown, random)
    const quality = 60 + random.integer(36)
    await sharp(Buffer.from(svg)).flatten().jpeg({ quality }).toFile(join(folder, fileName))
  }
  const lines = pictures.map(({ fileName, shown }) =>
    JSON.stringify({ file_name: fileName, labels: shown.map((index) => thingNames[index]) }),
  )
  await writeFile(join(folder, 'metadata.jsonl'), `${lines.join('\n')}\n`)
  return pictures
}
