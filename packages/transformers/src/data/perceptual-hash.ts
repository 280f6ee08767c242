import type { RawImage } from '@huggingface/transformers'

/** What an image looks like at a glance, small enough to keep for every image. */
export interface Look {
  /** 64 bits: whether brightness falls from each cell to its right neighbour, in 8 rows of 9 cells. */
  readonly hash: bigint
  /** The mean red, green and blue, 0 … 255: flat images have one hash, whatever their colour. */
  readonly colour: Colour
}

type Colour = readonly [red: number, green: number, blue: number]

const columns = 9
const rows = 8
/** Points of a cell that are looked at, along each side: enough for its mean, however large the image. */
const samplesOfCell = 32
/** A fall of brightness below this is none, so that flat areas do not give bits at random. */
const noise = 1

/**
 * The difference hash of an image (dHash), with its mean colour. Scaling, recompression and small edits change few bits.
 *
 * Source: N. Krawetz, "Kind of Like That", hackerfactor.com, 2013.
 */
export function lookOf(image: RawImage): Look {
  let hash = 0n
  const means: Colour[] = []
  for (let row = 0; row < rows; row++) {
    const cells = Array.from({ length: columns }, (_, column) => meanOfCell(image, column, row))
    means.push(...cells)
    for (let column = 0; column < columns - 1; column++) {
      const fall = brightness(cells[column]!) - brightness(cells[column + 1]!)
      hash = (hash << 1n) | (fall > noise ? 1n : 0n)
    }
  }
  const mean = (channel: number) => means.reduce((sum, cell) => sum + cell[channel]!, 0) / means.length
  return { hash, colour: [mean(0), mean(1), mean(2)] }
}

/** The mean of points on a grid in the cell; where pixels are larger than its steps, that weighs them by their share. */
function meanOfCell({ data, width, height, channels }: RawImage, column: number, row: number): Colour {
  let [red, green, blue] = [0, 0, 0]
  for (let down = 0; down < samplesOfCell; down++) {
    const y = Math.floor(((row + (down + 0.5) / samplesOfCell) * height) / rows)
    for (let across = 0; across < samplesOfCell; across++) {
      const x = Math.floor(((column + (across + 0.5) / samplesOfCell) * width) / columns)
      const pixel = (y * width + x) * channels
      red += data[pixel]!
      green += data[channels < 3 ? pixel : pixel + 1]!
      blue += data[channels < 3 ? pixel : pixel + 2]!
    }
  }
  const count = samplesOfCell ** 2
  return [red / count, green / count, blue / count]
}

/** Rec. 601 luma. */
function brightness([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue
}
