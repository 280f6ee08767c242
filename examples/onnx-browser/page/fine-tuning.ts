import { classAwareSampler, distributionBalancedLoss, type LongTailMetrics, longTailMetrics } from '@dbloss/core'
import { smallBackbone } from '@dbloss/example-onnx-node/backbone'
import { batchOf, drawBatches, precomputeAll, type Samples } from '@dbloss/example-onnx-node/batches'
import { type Picture, type PictureSet, samplesOf } from '@dbloss/example-tfjs-browser/pictures/picture-set'
import { pictureSize } from '@dbloss/example-tfjs-browser/pictures/scene'
import {
  adamW,
  createTrainer,
  encodeModel,
  type Trainer,
  type TrainingMemory,
  warmupCosine,
} from '@dbloss/onnx-training'
import { pixelValues } from './pixels.ts'
import type { Runtime } from './runtime.ts'

/** What is trained, and how. */
export interface FineTuningOptions {
  readonly set: PictureSet
  readonly runtime: Runtime
  /** The weights to train, by their names. */
  readonly trainable: RegExp
  readonly totalSteps: number
}

/** Pictures in a step. */
export const batchSize = 32
const [seed, learningRate] = [1, 1e-2]

/** The fine-tuning of one model: steps that can be stopped and gone on with, scores, and the file at the end. */
export class FineTuning {
  readonly totalSteps: number
  /** The loss of each step that was done. */
  readonly losses: number[] = []
  /** The scores of the model as it was. */
  readonly before: LongTailMetrics
  /** Logits of the test pictures by the model as it was. */
  readonly logitsBefore: Float32Array
  readonly #set: PictureSet
  readonly #trainer: Trainer
  readonly #train: Samples
  readonly #test: Samples
  readonly #batches: Iterator<number[], never>
  #isStopping = false
  /** Milliseconds of all steps together. */
  #stepTime = 0

  private constructor(
    { set, totalSteps }: FineTuningOptions,
    trainer: Trainer,
    samples: { readonly train: Samples; readonly test: Samples },
    logits: Float32Array,
  ) {
    this.#set = set
    this.totalSteps = totalSteps
    this.#trainer = trainer
    this.#train = samples.train
    this.#test = samples.test
    this.#batches = drawBatches(classAwareSampler({ labels: samplesOf(set.train), seed }), batchSize)
    this.logitsBefore = logits
    this.before = this.scores(logits)
  }

  /** Makes the model and its trainer, and runs the frozen part once for each picture. */
  static async prepare(options: FineTuningOptions): Promise<FineTuning> {
    const { set, runtime, trainable, totalSteps } = options
    const { statistics, train, test } = set
    const { classCount } = statistics
    const pixels = pixelValues(train)
    const trainer = await createTrainer({
      ...runtime,
      model: smallBackbone({ pixels, pictureSize, classCount, seed }),
      trainable,
      loss: distributionBalancedLoss(statistics),
      optimizer: adamW({ learningRate, clipNorm: 1 }),
      schedule: warmupCosine({ base: learningRate, warmupSteps: Math.min(10, totalSteps), totalSteps }),
      averageDecay: 0.9,
    })
    const samples = async (pictures: readonly Picture[], values = pixelValues(pictures)): Promise<Samples> => {
      const frozen = await precomputeAll(trainer, values, pictures.length)
      return { frozen, labels: samplesOf(pictures), classCount }
    }
    const [training, testing] = [await samples(train, pixels), await samples(test)]
    const logits = (await trainer.predict(testing.frozen)) as Float32Array
    return new FineTuning(options, trainer, { train: training, test: testing }, logits)
  }

  get stepCount(): number {
    return this.#trainer.stepCount
  }

  get isFinished(): boolean {
    return this.stepCount >= this.totalSteps
  }

  /** Mean milliseconds of a step. */
  get stepTime(): number {
    return this.#stepTime / Math.max(1, this.stepCount)
  }

  /** How many tensors are trained, and the memory that this takes. */
  get trained(): { readonly tensors: number; readonly memory: TrainingMemory } {
    return { tensors: this.#trainer.parameters.length, memory: this.#trainer.memory() }
  }

  /** Trains until the last step or until {@link stop}; a later call goes on. */
  async train(onStep: () => void | Promise<void>): Promise<void> {
    this.#isStopping = false
    while (!this.isFinished && !this.#isStopping) {
      const batch = batchOf(this.#train, this.#batches.next().value)
      const started = performance.now()
      const { loss } = await this.#trainer.step(batch)
      this.#stepTime += performance.now() - started
      this.losses.push(loss)
      await onStep()
      // Lets the page draw and take clicks.
      await new Promise((resolve) => setTimeout(resolve))
    }
  }

  stop(): void {
    this.#isStopping = true
  }

  /** Logits of the test pictures by the moving average of the weights, row-major [pictures, classes]. */
  async predict(): Promise<Float32Array> {
    return (await this.#trainer.predict(this.#test.frozen, 'averaged')) as Float32Array
  }

  /** Scores of logits of the test pictures. */
  scores(logits: Float32Array): LongTailMetrics {
    const { statistics, test } = this.#set
    const { classCount } = statistics
    return longTailMetrics({ labels: samplesOf(test), scores: { data: logits, classCount }, statistics })
  }

  /** The fine-tuned model as an ONNX file. */
  async toFile(): Promise<Uint8Array<ArrayBuffer>> {
    return Uint8Array.from(encodeModel(await this.#trainer.toModel('averaged')))
  }

  dispose(): Promise<void> {
    return this.#trainer.dispose()
  }
}
