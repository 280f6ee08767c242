import { classAwareSampler, type LabelStatistics, type Loss, longTailMetrics, type SplitMeans } from '@dbloss/core'
import { adamW, createTrainer, type ModelProto, type Ort, type Trainer, warmupCosine } from '@dbloss/onnx-training'
import type { Backbone, ImageItem } from '@dbloss/transformers'
import { RawImage } from '@huggingface/transformers'
import { gatherRows } from './subsets.ts'

/** How the last blocks are trained. */
export interface FineTuningSettings {
  readonly trainable: RegExp
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** How many times that of the blocks; the head is trained already. */
  readonly headLearningRateScale: number
  readonly weightDecay: number
  readonly averageDecay: number
  readonly seed: number
}

/** What the frozen part of the model makes of each image, row by row: it is computed once for all epochs. */
export interface FrozenRows {
  readonly name: string
  readonly data: Float32Array
  readonly rowLength: number
}

/** Prepares the trainer of a model's last blocks. */
export function blockTrainer(ort: Ort, model: ModelProto, loss: Loss, steps: number, settings: FineTuningSettings) {
  const { trainable, learningRate, weightDecay, averageDecay, headLearningRateScale } = settings
  return createTrainer({
    ort,
    model,
    loss,
    trainable,
    averageDecay,
    optimizer: adamW({ learningRate, weightDecay }),
    parameterGroups: [{ match: /dbloss-head/, learningRateScale: headLearningRateScale }],
    schedule: warmupCosine({ base: learningRate, warmupSteps: Math.round(0.1 * steps), totalSteps: steps }),
  })
}

/** Runs the frozen part on image files. */
export async function frozenRows(
  trainer: Trainer,
  { processor }: Backbone,
  items: readonly ImageItem[],
): Promise<FrozenRows> {
  const batchSize = 16
  const parts: Float32Array[] = []
  let name = ''
  for (let start = 0; start < items.length; start += batchSize) {
    const images = await Promise.all(items.slice(start, start + batchSize).map(({ path }) => RawImage.read(path)))
    const { pixel_values: pixels } = await processor(images)
    const { activations } = await trainer.precompute({
      inputs: { pixel_values: pixels.data as Float32Array },
      batchSize: images.length,
    })
    const [[value, data]] = Object.entries(activations) as [[string, Float32Array]]
    name = value
    parts.push(data)
  }
  const rowLength = parts[0]!.length / Math.min(batchSize, items.length)
  const data = new Float32Array(items.length * rowLength)
  parts.forEach((part, index) => {
    data.set(part, index * batchSize * rowLength)
  })
  return { name, data, rowLength }
}

/** Trains with class-aware sampling, batch by batch. */
export async function trainBlocks(
  trainer: Trainer,
  rows: FrozenRows,
  labels: readonly (readonly number[])[],
  classCount: number,
  steps: number,
  { batchSize, seed }: FineTuningSettings,
): Promise<void> {
  const samples = endless(() => classAwareSampler({ labels, classCount, seed }))
  for (let step = 0; step < steps; step++) {
    const chosen = Array.from({ length: batchSize }, () => samples.next().value as number)
    const targets = new Float32Array(batchSize * classCount)
    chosen.forEach((sample, row) => {
      for (const index of labels[sample]!) targets[row * classCount + index] = 1
    })
    await trainer.step({ ...batchOf(rows, chosen), labels: targets })
  }
}

/** Mean average precision of the model as it is now. */
export async function measureBlocks(
  trainer: Trainer,
  rows: FrozenRows,
  labels: readonly (readonly number[])[],
  statistics: LabelStatistics,
): Promise<SplitMeans> {
  const { classCount } = statistics
  const data = new Float32Array(labels.length * classCount)
  for (let start = 0; start < labels.length; start += 32) {
    const chosen = Array.from({ length: Math.min(32, labels.length - start) }, (_, index) => start + index)
    data.set(await trainer.predict(batchOf(rows, chosen), 'averaged'), start * classCount)
  }
  return longTailMetrics({ labels, scores: { data, classCount }, statistics }).map
}

function batchOf({ name, data, rowLength }: FrozenRows, chosen: readonly number[]) {
  return { activations: { [name]: gatherRows(data, chosen, rowLength) }, batchSize: chosen.length }
}

function* endless(sampler: () => Iterable<number>): Generator<number, never> {
  const samples = sampler()
  for (;;) yield* samples
}
