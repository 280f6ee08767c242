import { createRandom } from '@dbloss/core'
import { ImageProcessor, RawImage } from '@huggingface/transformers'
import type { PixelValues } from './pixel-values.ts'

/** Prepares a decoded image as the model takes it. The image may be changed. */
export type PrepareImage = (image: RawImage) => Promise<PixelValues>

/** Prepares an image by transformers.js itself. */
export async function toPixelValues(image: RawImage, processor: ImageProcessor): Promise<PixelValues> {
  const { pixel_values: values } = await processor(image)
  return { data: values.data as Float32Array, dims: values.dims.slice(1) }
}

/**
 * The preparation of a processor: the same values as {@link toPixelValues}, bit for bit, and sooner where the processor
 * only resizes, crops, rescales and normalises. transformers.js itself resizes; rescaling, normalising and the change from
 * [height, width, channels] to [channels, height, width] are then one look-up a value, since a pixel has 256 values.
 * Both ways are compared on two images first, and the processor is used as it is when they differ.
 */
export async function imagePreparation(processor: ImageProcessor): Promise<PrepareImage> {
  const exact: PrepareImage = (image) => toPixelValues(image, processor)
  if (!isPlain(processor)) return exact
  const table = normalisationTable(processor)
  const tabulated: PrepareImage = (image) => {
    if (image.channels !== channels && !processor.do_convert_rgb) return exact(image)
    return prepareByTable(image, processor, table)
  }
  const areEqual = [noise(331, 247), noise(97, 260)].map((probe) => givesTheSame(exact, tabulated, probe))
  return (await Promise.all(areEqual)).every(Boolean) ? tabulated : exact
}

const channels = 3
const levels = 256

/** Whether the processor does what the library's base class does, without the steps that the table leaves out. */
function isPlain(processor: ImageProcessor): boolean {
  const { do_crop_margin, do_flip_channel_order, do_pad, do_thumbnail, preprocess } = processor
  const hasFurtherSteps = [do_crop_margin, do_flip_channel_order, do_pad, do_thumbnail].some(Boolean)
  return preprocess === ImageProcessor.prototype.preprocess && !hasFurtherSteps
}

/** What each value of each channel becomes, [channels, 256], rounded to float32 after each operation as the library does. */
function normalisationTable(processor: ImageProcessor): Float32Array {
  const { do_rescale, rescale_factor, do_normalize } = processor
  const table = Float32Array.from({ length: channels * levels }, (_, index) => index % levels)
  if (do_rescale) for (const [index, value] of table.entries()) table[index] = rescale_factor * value
  if (!do_normalize) return table
  const [mean, deviation] = [perChannel(processor.image_mean), perChannel(processor.image_std)]
  for (const [index, value] of table.entries()) {
    const channel = Math.floor(index / levels)
    table[index] = (value - mean[channel]!) / deviation[channel]!
  }
  return table
}

function perChannel(setting: number | readonly number[]): readonly number[] {
  return typeof setting === 'number' ? Array.from({ length: channels }, () => setting) : setting
}

async function prepareByTable(image: RawImage, processor: ImageProcessor, table: Float32Array): Promise<PixelValues> {
  const rgb = image.rgb()
  const resized = processor.do_resize ? await processor.resize(rgb) : rgb
  if (!processor.do_center_crop) return lookUp(resized, resized.width, resized.height, table)
  const size: number | { width: number; height: number } = processor.crop_size
  const { width, height } = typeof size === 'number' ? { width: size, height: size } : size
  // A window inside the image is a copy of its pixels; the library pads one that reaches beyond.
  const isInside = width <= resized.width && height <= resized.height
  return lookUp(isInside ? resized : await resized.center_crop(width, height), width, height, table)
}

/** The window [height, width] in the middle of an image, through the table. */
function lookUp(image: RawImage, width: number, height: number, table: Float32Array): PixelValues {
  const [left, top] = [Math.floor((image.width - width) / 2), Math.floor((image.height - height) / 2)]
  const plane = width * height
  const data = new Float32Array(channels * plane)
  const pixels = image.data
  let target = 0
  for (let row = 0; row < height; row++) {
    let source = channels * ((top + row) * image.width + left)
    for (let column = 0; column < width; column++) {
      data[target] = table[pixels[source]!]!
      data[target + plane] = table[levels + pixels[source + 1]!]!
      data[target + 2 * plane] = table[2 * levels + pixels[source + 2]!]!
      target++
      source += channels
    }
  }
  return { data, dims: [channels, height, width] }
}

function noise(width: number, height: number): RawImage {
  const random = createRandom(width)
  const data = Uint8ClampedArray.from({ length: channels * width * height }, () => random.integer(levels))
  return new RawImage(data, width, height, channels)
}

async function givesTheSame(one: PrepareImage, other: PrepareImage, image: RawImage): Promise<boolean> {
  try {
    const [a, b] = [await one(image.clone()), await other(image.clone())]
    return a.dims.join() === b.dims.join() && a.data.every((value, index) => Object.is(value, b.data[index]))
  } catch {
    // Some settings fail on some images: to be told when such an image comes.
    return false
  }
}
