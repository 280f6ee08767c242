import * as tf from '@tensorflow/tfjs-core'
import type { PictureSet } from '../pictures/picture-set.ts'
import { Contestant, type Recipe } from './contestant.ts'
import { picturePatches } from './patches.ts'

/** What {@link Comparison} needs. */
export interface ComparisonOptions {
  readonly set: PictureSet
  readonly recipes: readonly [Recipe, Recipe]
  readonly epochs: number
  readonly seed: number
}

/** What a training tells while it runs. */
export interface ComparisonEvents {
  /** The share of the whole training that is done, from 0 to 1. */
  onProgress(share: number): void
  /** Both models have finished an epoch. */
  onEpoch(): void
}

const [batchSize, learningRate] = [32, 0.003]

/** Two models from the same weights, trained in turns, an epoch each. */
export class Comparison {
  readonly contestants: readonly [Contestant, Contestant]
  readonly epochs: number
  readonly #images
  readonly #stepsAnEpoch: number
  #isStopping = false

  constructor({ set, recipes, epochs, seed }: ComparisonOptions) {
    this.epochs = epochs
    this.#images = { train: picturePatches(set.train), test: picturePatches(set.test) }
    this.#stepsAnEpoch = Math.ceil(set.train.length / batchSize)
    const setup = { set, images: this.#images, batchSize, learningRate, seed }
    this.contestants = [new Contestant(recipes[0], setup), new Contestant(recipes[1], setup)]
  }

  /** Epochs that both models have finished. */
  get finishedEpochs(): number {
    return Math.min(...this.contestants.map(({ history }) => history.length))
  }

  get isFinished(): boolean {
    return this.finishedEpochs >= this.epochs
  }

  /** Trains until the last epoch or until {@link stop}; a later call goes on. */
  async train({ onProgress, onEpoch }: ComparisonEvents): Promise<void> {
    this.#isStopping = false
    let steps = this.finishedEpochs * this.#stepsAnEpoch * 2
    const onBatch = () => onProgress(Math.min(1, ++steps / (this.epochs * this.#stepsAnEpoch * 2)))
    while (!this.isFinished && !this.#isStopping) {
      for (const contestant of this.contestants) await contestant.trainEpoch(onBatch)
      onEpoch()
    }
  }

  /** Lets both models finish the epoch, so that they stay comparable. */
  stop(): void {
    this.#isStopping = true
  }

  dispose(): void {
    for (const contestant of this.contestants) contestant.dispose()
    tf.dispose(this.#images)
  }
}
