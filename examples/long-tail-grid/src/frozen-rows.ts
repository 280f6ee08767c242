import type { FrozenActivations, Trainer } from '@dbloss/onnx-training'
import { gatherRows } from './subsets.ts'

/** What the frozen blocks make of each image, row by row: it is computed once for all epochs and trainings. */
export interface FrozenRows {
  readonly name: string
  readonly data: Float32Array
  readonly rowLength: number
}

const batchSize = 16

/** Runs the frozen blocks on the pixels of `count` images. */
export async function frozenRows(
  trainer: Trainer,
  images: AsyncIterable<Float32Array>,
  count: number,
): Promise<FrozenRows> {
  let rows: FrozenRows | undefined
  let done = 0
  let batch: Float32Array[] = []
  for await (const image of images) {
    batch.push(image)
    if (batch.length < batchSize && done + batch.length < count) continue
    const pixels = new Float32Array(batch.length * image.length)
    for (const [index, values] of batch.entries()) pixels.set(values, index * image.length)
    const { activations } = await trainer.precompute({ inputs: { pixel_values: pixels }, batchSize: batch.length })
    const [[name, data]] = Object.entries(activations) as [[string, Float32Array]]
    const rowLength = data.length / batch.length
    rows ??= { name, data: new Float32Array(count * rowLength), rowLength }
    rows.data.set(data, done * rowLength)
    done += batch.length
    batch = []
  }
  return rows!
}

/** Some of the rows as a batch. */
export function batchOf({ name, data, rowLength }: FrozenRows, chosen: readonly number[]): FrozenActivations {
  return { activations: { [name]: gatherRows(data, chosen, rowLength) }, batchSize: chosen.length }
}
