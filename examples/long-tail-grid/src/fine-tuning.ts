import { classAwareSampler, type Loss, uniformSampler } from '@dbloss/core'
import {
  adamW,
  createTrainer,
  type ModelProto,
  type Ort,
  type Trainer,
  type TrainerState,
  warmupCosine,
} from '@dbloss/onnx-training'
import { batchOf, type FrozenRows } from './frozen-rows.ts'

/** How the last blocks are trained. */
export interface FineTuningSettings {
  readonly trainable: RegExp
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** How many times that of the blocks; the head is trained already. */
  readonly headLearningRateScale: number
  readonly seed: number
}

/** Photographs to train on. */
export interface TrainingPhotographs {
  /** The rows of the first photograph's views, then those of the second, and so on. */
  readonly rows: FrozenRows
  /** How many views each photograph has. */
  readonly viewCounts: readonly number[]
  /** For each photograph the indices of its classes. */
  readonly labels: readonly (readonly number[])[]
  readonly classCount: number
}

/** Prepares the trainer of a model's last blocks. */
export function blockTrainer(ort: Ort, model: ModelProto, loss: Loss, steps: number, settings: FineTuningSettings) {
  const { trainable, learningRate, headLearningRateScale } = settings
  return createTrainer({
    ort,
    model,
    loss,
    trainable,
    optimizer: adamW({ learningRate, weightDecay: 0 }),
    parameterGroups: [{ match: /dbloss-head/, learningRateScale: headLearningRateScale }],
    schedule: warmupCosine({ base: learningRate, warmupSteps: Math.round(0.1 * steps), totalSteps: steps }),
  })
}

/**
 * Trains batch by batch, half of each from class-aware and half from uniform sampling. A photograph that is drawn again shows
 * its next view.
 */
export async function trainBlocks(
  trainer: Trainer,
  { rows, viewCounts, labels, classCount }: TrainingPhotographs,
  steps: number,
  { batchSize, seed }: FineTuningSettings,
): Promise<void> {
  const balanced = endless(classAwareSampler({ labels, classCount, seed }))
  const uniform = endless(uniformSampler({ sampleCount: labels.length, seed }))
  const nextView = viewsInTurn(viewCounts)
  for (let step = 0; step < steps; step++) {
    const chosen = Array.from({ length: batchSize }, (_, row) => (row % 2 === 0 ? balanced : uniform).next().value)
    const targets = new Float32Array(batchSize * classCount)
    for (const [row, sample] of chosen.entries()) {
      for (const index of labels[sample]!) targets[row * classCount + index] = 1
    }
    await trainer.step({ ...batchOf(rows, chosen.map(nextView)), labels: targets })
  }
}

/**
 * Puts the weights between those of `before` and those of now, `share` of the way: WiSE-FT (Wortsman et al., "Robust
 * fine-tuning of zero-shot models", CVPR 2022), where `share` is called α.
 */
export async function interpolateWeights(trainer: Trainer, before: TrainerState, share: number): Promise<void> {
  const { step, tensors } = await trainer.state()
  const between = trainer.parameters.map(({ initializer }) => {
    const from = before.tensors[initializer]!
    return [initializer, tensors[initializer]!.map((to, index) => from[index]! + share * (to - from[index]!))] as const
  })
  trainer.restore({ step, tensors: { ...tensors, ...Object.fromEntries(between) } })
}

/** Logits of the model as it is now, row-major [rowCount, classCount]. */
export async function blockLogits(
  trainer: Trainer,
  rows: FrozenRows,
  rowCount: number,
  classCount: number,
): Promise<Float32Array> {
  const batchSize = 32
  const logits = new Float32Array(rowCount * classCount)
  for (let start = 0; start < rowCount; start += batchSize) {
    const chosen = Array.from({ length: Math.min(batchSize, rowCount - start) }, (_, index) => start + index)
    logits.set(await trainer.predict(batchOf(rows, chosen)), start * classCount)
  }
  return logits
}

/** At each call the row of the photograph's next view. */
function viewsInTurn(viewCounts: readonly number[]): (photograph: number) => number {
  const shown = viewCounts.map(() => 0)
  let total = 0
  const first = viewCounts.map((count) => {
    total += count
    return total - count
  })
  return (photograph) => first[photograph]! + (shown[photograph]!++ % viewCounts[photograph]!)
}

function* endless(samples: Iterable<number>): Generator<number, never> {
  for (;;) yield* samples
}
