import { createHash } from 'node:crypto'
import { checkNumber, createRandom, type Random } from '@dbloss/core'
import { RawImage } from '@huggingface/transformers'

/**
 * Variants of the photographs whose features are computed and kept beside those of the photographs themselves, so that
 * training can replay them. A variant is the photograph cut, mirrored and coloured, in this order; then the model's own
 * preprocessing follows. What happens to an image depends on its content, the number of the variant and the seed alone.
 */
export interface Augmentations {
  /** How many an image. */
  readonly variants: number
  /** Mirrors a variant with probability ½. Default false. */
  readonly flip?: boolean
  /**
   * The least share of the area that a cut keeps, in (0, 1]; its sides are in a ratio between 3 : 4 and 4 : 3, as with
   * torchvision's RandomResizedCrop. Default 1: nothing is cut off.
   */
  readonly crops?: number
  /**
   * Multiplies brightness, contrast and saturation by factors between 1 − colour and 1 + colour, in [0, 1], as torchvision's
   * ColorJitter. Default 0.
   */
  readonly colour?: number
  /** Default 0. */
  readonly seed?: number
}

/** @throws DblossError `argument` for numbers out of range. */
export function checkAugmentations({ variants, crops = 1, colour = 0, seed = 0 }: Augmentations): void {
  checkNumber('augmentations.variants', variants, { integer: true, minimum: 1 })
  checkNumber('augmentations.crops', crops, { above: 0, maximum: 1 })
  checkNumber('augmentations.colour', colour, { minimum: 0, maximum: 1 })
  checkNumber('augmentations.seed', seed, { integer: true, minimum: 0 })
}

/** What tells variants of images apart: SHA-256 in hexadecimal of the image's own and of what makes the variant. */
export function variantKey(
  imageHash: string,
  index: number,
  { flip = false, crops = 1, colour = 0, seed = 0 }: Augmentations,
): string {
  const settings = JSON.stringify({ flip, crops, colour, seed, index })
  return createHash('sha256').update(`${imageHash} ${settings}`).digest('hex')
}

/** A variant of a photograph; its {@link variantKey} is the seed. The photograph is left as it is. */
export function vary(image: RawImage, key: string, { flip = false, crops = 1, colour = 0 }: Augmentations): RawImage {
  const random = createRandom(Number.parseInt(key.slice(0, 8), 16))
  const isMirrored = random.next() < 0.5 && flip
  const factors = Array.from({ length: 3 }, () => 1 + colour * (2 * random.next() - 1)) as [number, number, number]
  const variant = cut(image.clone().rgb(), randomWindow(image, crops, random), isMirrored)
  if (colour > 0) recolour(variant.data, factors)
  return variant
}

/** A part of an image, in pixels. */
interface Window {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const attempts = 10
const largestRatio = 4 / 3

/** The whole image where no window of the wanted size fits into it, as in a panorama. */
function randomWindow({ width, height }: RawImage, leastShare: number, random: Random): Window {
  for (let attempt = 0; attempt < attempts && leastShare < 1; attempt++) {
    const area = width * height * (leastShare + (1 - leastShare) * random.next())
    const ratio = largestRatio ** (2 * random.next() - 1)
    const [w, h] = [Math.round(Math.sqrt(area * ratio)), Math.round(Math.sqrt(area / ratio))]
    if (w < 1 || h < 1 || w > width || h > height) continue
    return { left: random.integer(width - w + 1), top: random.integer(height - h + 1), width: w, height: h }
  }
  return { left: 0, top: 0, width, height }
}

const channels = 3

function cut(image: RawImage, { left, top, width, height }: Window, isMirrored: boolean): RawImage {
  const data = new Uint8ClampedArray(channels * width * height)
  for (let row = 0; row < height; row++) {
    const start = channels * ((top + row) * image.width + left)
    const line = image.data.subarray(start, start + channels * width)
    const target = channels * row * width
    if (!isMirrored) data.set(line, target)
    else {
      for (let column = 0; column < width; column++) {
        const source = channels * (width - 1 - column)
        data.set(line.subarray(source, source + channels), target + channels * column)
      }
    }
  }
  return new RawImage(data, width, height, channels)
}

/** Brightness, then contrast about the mean grey, then saturation; rounded to whole values after the first and the last. */
function recolour(data: Uint8Array | Uint8ClampedArray, [brightness, contrast, saturation]: [number, number, number]) {
  let sum = 0
  for (let place = 0; place < data.length; place += channels) {
    for (let channel = place; channel < place + channels; channel++) data[channel] = brightness * data[channel]!
    sum += grey(data, place)
  }
  const mean = (sum * channels) / data.length
  for (let place = 0; place < data.length; place += channels) {
    const light = grey(data, place)
    for (let channel = place; channel < place + channels; channel++) {
      const saturated = saturation * data[channel]! + (1 - saturation) * light
      data[channel] = contrast * saturated + (1 - contrast) * mean
    }
  }
}

/** Luma as of ITU-R 601-2. */
function grey(data: ArrayLike<number>, place: number): number {
  return 0.299 * data[place]! + 0.587 * data[place + 1]! + 0.114 * data[place + 2]!
}
