import { type LossName, namedLoss } from '@dbloss/core'
import { applyHead, type LinearHead, type SamplerName, trainHead } from '@dbloss/transformers/browser'
import type { Backbone } from './backbone.ts'
import { ort } from './runtime.ts'
import type { TrainingSet } from './training-set.ts'

/** What is chosen for a training. */
export interface TrainingChoice {
  readonly loss: LossName
  readonly sampler: SamplerName
  /** Passes over the pictures. */
  readonly epochs: number
}

/** What {@link Classifier.train} tells of its progress. */
export interface TrainingWatch {
  readonly signal: AbortSignal
  readonly onPicture: (done: number) => void
  readonly onEpoch: (epoch: number, loss: number) => void
}

/** A label with its probability. */
export interface LabelScore {
  readonly label: string
  /** σ(logit) */
  readonly score: number
}

/** A head on a backbone that was trained on a set of pictures. */
export class Classifier {
  readonly backbone: Backbone
  readonly set: TrainingSet
  readonly choice: TrainingChoice
  readonly head: LinearHead

  private constructor(backbone: Backbone, set: TrainingSet, choice: TrainingChoice, head: LinearHead) {
    this.backbone = backbone
    this.set = set
    this.choice = choice
    this.head = head
  }

  /** Computes the features of the pictures, and trains a head on them. */
  static async train(
    backbone: Backbone,
    set: TrainingSet,
    choice: TrainingChoice,
    { signal, onPicture, onEpoch }: TrainingWatch,
  ): Promise<Classifier> {
    const rows: Float32Array[] = []
    for (const { file } of set.pictures) {
      signal.throwIfAborted()
      rows.push(await backbone.featuresOf(file))
      onPicture(rows.length)
      await pause()
    }
    const { head } = await trainHead({
      ort,
      features: joined(rows),
      labels: set.labels,
      classCount: set.classNames.length,
      loss: namedLoss(choice.loss, set.statistics),
      sampler: choice.sampler,
      epochs: choice.epochs,
      signal,
      onEpoch,
    })
    return new Classifier(backbone, set, choice, head)
  }

  /** The scores of a picture, the highest first. */
  async scoresOf(picture: Blob): Promise<LabelScore[]> {
    const logits = applyHead(this.head, await this.backbone.featuresOf(picture))
    await pause()
    return this.set.classNames
      .map((label, index) => ({ label, score: 1 / (1 + Math.exp(-logits[index]!)) }))
      .sort((one, other) => other.score - one.score)
  }
}

/** Lets the page draw and take clicks. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const length = rows[0]!.length
  const all = new Float32Array(rows.length * length)
  for (const [index, row] of rows.entries()) all.set(row, index * length)
  return all
}
