import type { Sampler } from '@dbloss/core'
import type { FrozenActivations, Trainer, TrainingBatch } from '@dbloss/onnx-training'

/** Pictures at once through the frozen part, so that memory stays small. */
const chunk = 64

/** Runs the frozen part of the model once over pictures [count, 3, size, size]. */
export async function precomputeAll(trainer: Trainer, pixels: Float32Array, count: number): Promise<FrozenActivations> {
  const rowLength = pixels.length / count
  const activations: Record<string, Float32Array> = {}
  for (let start = 0; start < count; start += chunk) {
    const batchSize = Math.min(chunk, count - start)
    const pixel_values = pixels.subarray(start * rowLength, (start + batchSize) * rowLength)
    const part = await trainer.precompute({ inputs: { pixel_values }, batchSize })
    for (const [name, values] of Object.entries(part.activations)) {
      const rows = values as Float32Array
      activations[name] ??= new Float32Array((rows.length / batchSize) * count)
      activations[name].set(rows, (rows.length / batchSize) * start)
    }
  }
  return { activations, batchSize: count }
}

/** Samples for training: what the frozen part of the model made of them, and the classes that each shows. */
export interface Samples {
  readonly frozen: FrozenActivations
  readonly labels: readonly (readonly number[])[]
  readonly classCount: number
}

/** The batch of some of the samples. */
export function batchOf({ frozen, labels, classCount }: Samples, indices: readonly number[]): TrainingBatch {
  const rows = new Float32Array(indices.length * classCount)
  for (const [row, index] of indices.entries()) for (const label of labels[index]!) rows[row * classCount + label] = 1
  const activations = Object.entries(frozen.activations).map(([name, values]) => {
    const rowLength = values.length / frozen.batchSize
    return [name, gatherRows(values as Float32Array, rowLength, indices)] as const
  })
  return { activations: Object.fromEntries(activations), labels: rows, batchSize: indices.length }
}

function gatherRows(values: Float32Array, rowLength: number, indices: readonly number[]): Float32Array {
  const rows = new Float32Array(indices.length * rowLength)
  for (const [row, index] of indices.entries()) {
    rows.set(values.subarray(index * rowLength, (index + 1) * rowLength), row * rowLength)
  }
  return rows
}

/**
 * Batches of sample indices without end, an epoch of the sampler after the other.
 *
 * @param skip - how many batches an earlier run has used. Default 0.
 */
export function* drawBatches(sampler: Sampler, batchSize: number, skip = 0): Generator<number[], never> {
  let left = skip
  let batch: number[] = []
  for (;;) {
    for (const index of sampler) {
      batch.push(index)
      if (batch.length < batchSize) continue
      if (left > 0) left--
      else yield batch
      batch = []
    }
  }
}
