import { adamW, createTrainer, type Ort, type OrtSessionOptions, type Trainer } from '../../../src/index.ts'
import { randomValues } from './random-values.ts'
import { smallBatch, smallLoss } from './small-batch.ts'
import { IMAGE, visionModel } from './vision-model.ts'

/** Samples for the tiny vision transformer: as many as ONNX Runtime's WebGPU convolutions are wrong with by default, see `Device`. */
export function visionBatch(seed: number) {
  const { labels, batchSize } = smallBatch(6, seed)
  const pixels = IMAGE.reduce((product, size) => product * size, batchSize)
  return { inputs: { x: Float32Array.from(randomValues(pixels, seed)) }, labels, batchSize }
}

/** A trainer of the tiny vision transformer, all of it. */
export function createVisionTrainer(ort: Ort, sessionOptions: OrtSessionOptions): Promise<Trainer> {
  // Large steps of AdamW, with an ε that keeps quotients of tiny gradients from blowing up the last bits.
  const optimizer = adamW({ learningRate: 0.02, epsilon: 1e-3, clipNorm: 1 })
  const options = { model: visionModel(), trainable: /./, loss: smallLoss(), optimizer, averageDecay: 0.9 }
  return createTrainer({ ort, sessionOptions, ...options })
}

/** Five steps; the losses, and the weights and their averages afterwards, as plain lists. */
export async function trainVision(trainer: Trainer) {
  const losses: number[] = []
  for (let step = 0; step < 5; step++) {
    const batch = visionBatch(step)
    const { loss } = step === 3 ? await trainer.step([batch, visionBatch(100)]) : await trainer.step(batch)
    losses.push(loss)
  }
  const { tensors } = await trainer.state()
  // Moments are not compared: those of the bias of keys, whose gradient is 0, are nothing but rounding.
  const names = trainer.parameters.flatMap(({ initializer }) => [initializer, `${initializer}_average`])
  return { losses, weights: Object.fromEntries(names.map((name) => [name, Array.from(tensors[name]!)])) }
}
