import { createRandom, type Random } from '@dbloss/core'
import type { Backbone, ImageItem } from '@dbloss/transformers'
import { RawImage, type Tensor } from '@huggingface/transformers'

type Processor = Backbone['processor']

/** How photographs are varied for training. */
export interface ViewSettings {
  /** Views of a photograph that carries a class other than the most frequent one. */
  readonly rare: number
  /** Views of any other photograph: class-aware sampling draws those far less often. */
  readonly common: number
  /** The least side of a random square, as a share of the photograph's shorter side. */
  readonly leastSide: number
}

/** How many views each photograph gets. */
export function viewCounts(
  labels: readonly (readonly number[])[],
  classCounts: readonly number[],
  { rare, common }: ViewSettings,
): number[] {
  const mostFrequent = classCounts.indexOf(Math.max(...classCounts))
  return labels.map((classes) => (classes.every((index) => index === mostFrequent) ? common : rare))
}

/** The pixels of photographs as evaluation sees them, one by one: [3, height, width]. */
export async function* plainViews(items: readonly ImageItem[], processor: Processor): AsyncGenerator<Float32Array> {
  for (const { path } of items) yield await preprocess(await RawImage.read(path), processor)
}

/** The pixels of random views, photograph by photograph: a square of random size and place, mirrored or not. */
export async function* randomViews(
  items: readonly ImageItem[],
  counts: readonly number[],
  { leastSide }: ViewSettings,
  seed: number,
  processor: Processor,
): AsyncGenerator<Float32Array> {
  const random = createRandom(seed)
  for (const [index, { path }] of items.entries()) {
    const photograph = await RawImage.read(path)
    for (let view = 0; view < counts[index]!; view++) {
      const pixels = await preprocess(await randomSquare(photograph, leastSide, random), processor)
      yield random.next() < 0.5 ? mirrored(pixels) : pixels
    }
  }
}

async function randomSquare(image: RawImage, leastSide: number, random: Random): Promise<RawImage> {
  const share = leastSide + (1 - leastSide) * random.next()
  const side = Math.round(share * Math.min(image.width, image.height))
  const left = random.integer(image.width - side + 1)
  const top = random.integer(image.height - side + 1)
  return image.clone().crop([left, top, left + side - 1, top + side - 1])
}

async function preprocess(image: RawImage, processor: Processor): Promise<Float32Array> {
  const { pixel_values: pixels } = (await processor([image])) as { pixel_values: Tensor }
  return pixels.data as Float32Array
}

/** Left and right exchanged; the model's inputs are square. */
function mirrored(pixels: Float32Array): Float32Array {
  const width = Math.sqrt(pixels.length / 3)
  const result = pixels.slice()
  for (let row = 0; row < result.length; row += width) result.subarray(row, row + width).reverse()
  return result
}
