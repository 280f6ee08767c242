/** An image after preprocessing, as the model takes it. */
export interface PixelValues {
  /** Row-major, of shape `dims`. */
  readonly data: Float32Array
  /** [channels, height, width] */
  readonly dims: readonly number[]
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
