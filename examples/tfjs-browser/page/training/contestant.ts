import { type LossName, namedLoss, namedLosses } from '@dbloss/core'
import {
  compileWithLoss,
  type DatasetBatch,
  type DeviceReport,
  deviceReport,
  type LabelPrediction,
  type LongTailMetrics,
  longTailCallback,
  predictLabels,
} from '@dbloss/tfjs'
import * as tf from '@tensorflow/tfjs-core'
import type { Dataset } from '@tensorflow/tfjs-data'
import { type Picture, type PictureSet, samplesOf } from '../pictures/picture-set.ts'
import { createBatches, type SamplerName } from './batches.ts'
import { createNetwork } from './network.ts'
import { picturePatches } from './patches.ts'

/** How one of the two models is trained. */
export interface Recipe {
  readonly loss: LossName
  readonly sampler: SamplerName
}

/** What both models have in common. */
export interface SharedSetup {
  readonly set: PictureSet
  readonly images: { readonly train: tf.Tensor3D; readonly test: tf.Tensor3D }
  readonly batchSize: number
  readonly learningRate: number
  readonly seed: number
}

/** `DB-Focal, class-aware`. */
export function recipeTitle({ loss, sampler }: Recipe): string {
  return `${namedLosses[loss].title}, ${sampler}`
}

/** One of the two models that are compared, with its loss, its batches and what was measured of it. */
export class Contestant {
  readonly recipe: Recipe
  /** After each epoch. */
  readonly history: LongTailMetrics[] = []
  readonly #setup: SharedSetup
  readonly #network
  readonly #losses
  readonly #optimizer
  readonly #batches: Dataset<DatasetBatch>

  constructor(recipe: Recipe, setup: SharedSetup) {
    const { set, images, batchSize, learningRate, seed } = setup
    this.recipe = recipe
    this.#setup = setup
    this.#network = createNetwork(set.statistics, seed)
    this.#optimizer = tf.train.adam(learningRate)
    this.#losses = compileWithLoss(this.#network, {
      loss: namedLoss(recipe.loss, set.statistics),
      optimizer: this.#optimizer,
    })
    const { classCount } = set.statistics
    const labels = samplesOf(set.train)
    this.#batches = createBatches(recipe.sampler, { images: images.train, labels, classCount, batchSize, seed })
  }

  /** Trains for one epoch more and measures on the test pictures. */
  async trainEpoch(onBatch: () => void): Promise<void> {
    const { set, images } = this.#setup
    const measure = longTailCallback({
      model: this.#network,
      xs: images.test,
      labels: samplesOf(set.test),
      statistics: set.statistics,
      batchSize: 64,
      // Both are measured as they are after each epoch.
      restoreBestWeights: false,
      onMetrics: (_, metrics) => void this.history.push(metrics),
    })
    const initialEpoch = this.history.length
    await this.#network.fitDataset(this.#batches, {
      initialEpoch,
      epochs: initialEpoch + 1,
      verbose: 0,
      callbacks: [measure, { onBatchEnd: async () => onBatch() }],
    })
  }

  /** Where the loss and its gradient really run. */
  async lossDevice(): Promise<DeviceReport> {
    const { set, images, batchSize } = this.#setup
    const [loss] = this.#losses
    const logits = tf.tidy(() => this.#network.predict(tf.slice(images.train, 0, batchSize)) as tf.Tensor)
    const labels = tf.tensor2d(
      set.train
        .slice(0, batchSize)
        .map(({ shown }) => set.statistics.classCounts.map((_, index) => Number(shown.includes(index)))),
    )
    try {
      return await deviceReport(() => tf.grad((z) => loss!(labels, z))(logits))
    } finally {
      tf.dispose([logits, labels])
    }
  }

  async predict(pictures: readonly Picture[]): Promise<LabelPrediction> {
    const logits = tf.tidy(() => this.#network.predict(picturePatches(pictures)) as tf.Tensor)
    try {
      return await predictLabels(logits, { classNames: this.#setup.set.statistics.classNames! })
    } finally {
      logits.dispose()
    }
  }

  dispose(): void {
    for (const loss of this.#losses) loss.dispose()
    this.#network.dispose()
    this.#optimizer.dispose()
  }
}
