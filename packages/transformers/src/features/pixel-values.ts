import { DblossError } from '@dbloss/core'
import { type ImageProcessor, RawImage } from '@huggingface/transformers'

/** An image after preprocessing, as the model takes it. */
export interface PixelValues {
  /** Row-major, of shape `dims`. */
  readonly data: Float32Array
  /** [channels, height, width] */
  readonly dims: readonly number[]
}

/** Prepares an image exactly as transformers.js does when the model is used. */
export async function toPixelValues(image: RawImage, processor: ImageProcessor): Promise<PixelValues> {
  const { pixel_values: values } = await processor(image)
  return { data: values.data as Float32Array, dims: values.dims.slice(1) }
}

/**
 * Reads and prepares an image file.
 *
 * @throws DblossError `data`, naming the file, when it cannot be decoded to its end.
 */
export async function readPixelValues(path: string, processor: ImageProcessor): Promise<PixelValues> {
  try {
    // The decoder's default is to fail on a truncated file, instead of filling it up with grey.
    return await toPixelValues(await RawImage.read(path), processor)
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]
    throw new DblossError('data', `${path} cannot be read as an image: ${reason}`, {
      argument: path,
      found: reason,
      expected: 'an image that can be decoded to its end',
      cause: error,
    })
  }
}

/** Images of one size as one batch, [images.length, channels, height, width]. */
export function stack(images: readonly PixelValues[]): { data: Float32Array; dims: number[] } {
  const [{ data: first, dims }] = images as [PixelValues]
  const data = new Float32Array(images.length * first.length)
  for (const [index, image] of images.entries()) data.set(image.data, index * first.length)
  return { data, dims: [images.length, ...dims] }
}

/** Runs of neighbours that have one size, in order; one run where the processor crops. */
export function runsOfOneSize(images: readonly PixelValues[]): PixelValues[][] {
  const runs: PixelValues[][] = []
  for (const image of images) {
    const run = runs.at(-1)
    if (run?.[0]?.dims.join() === image.dims.join()) run.push(image)
    else runs.push([image])
  }
  return runs
}
