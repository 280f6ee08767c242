import { createHash } from 'node:crypto'
import { lossRecord } from '@dbloss/core'
import type { Backbone } from '../backbone/backbone.ts'
import type { ImageItem } from '../data/dataset.ts'
import type { CheckpointSettings } from './checkpoints.ts'
import type { PreparedRun } from './loss-choice.ts'
import type { FineTuneOptions } from './options.ts'
import type { ResolvedOptions } from './resolved-options.ts'

/** What determines the result of a training and is known before the features are. */
export function settingsOfTraining(
  { epochs, batchSize, weightDecay }: FineTuneOptions,
  { seed, learningRate, featureScaling, earlyStopping, blocks }: ResolvedOptions,
  backbone: Backbone,
): CheckpointSettings {
  return {
    version: 1,
    model: backbone.fingerprint,
    epochs: epochs ?? 'default',
    batchSize: batchSize ?? 'default',
    learningRate,
    weightDecay: weightDecay ?? 'default',
    seed,
    featureScaling,
    earlyStopping: earlyStopping ?? 'none',
    blocks: blocks ?? 'none',
  }
}

/** What is known when the images have been read. */
export function settingsOfImages(
  runs: readonly PreparedRun[],
  classNames: readonly string[],
  images: { readonly training: readonly ImageItem[]; readonly validation: readonly ImageItem[] },
  nameOf: (item: ImageItem) => string,
): CheckpointSettings {
  const digest = (items: readonly ImageItem[]) => digestOf(items.map((item) => [nameOf(item), item.labels]))
  return {
    runs: runs.map(({ name }) => name),
    losses: digestOf(runs.map(({ loss }) => lossRecord(loss))),
    classNames: digestOf(classNames),
    trainingImages: digest(images.training),
    validationImages: digest(images.validation),
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
