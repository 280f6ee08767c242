import type { LabelStatistics, LongTailMetrics } from '@dbloss/core'
import type { ModelCopy } from '../copies/model-copy.ts'
import type { TrainingData } from '../data/evaluation-split.ts'
import type { SkippedImage } from '../features/extract-features.ts'
import type { LinearHead } from '../linear-head.ts'
import type { SamplerName } from '../training-settings.ts'
import type { ValidationMeasures } from './validation-metric.ts'

/** How a training went: of the head, or of the last blocks. */
export interface TrainingCurve {
  /** The mean loss of each epoch that was run. */
  readonly lossCurve: readonly number[]
  /** After each epoch; empty without validation images. */
  readonly validationCurve: readonly ValidationMeasures[]
  /** The epoch whose weights are kept, from 1. */
  readonly keptEpoch: number
}

/** A learning rate that was tried, and what came of it. */
export interface LearningRateTrial {
  readonly learningRate: number
  /** The training loss after the steps so far, smoothed. */
  readonly loss: number
}

/** What was tuned on the validation images, and what it is worth on others. */
export interface TunedDecisions {
  /** A class is predicted where its logit is above this, [C]: those of `tuneThresholds` for macro F1 on the validation images. */
  readonly thresholds: readonly number[]
  /** The classes that no validation image is predicted to have, ascending. */
  readonly unpredictedClasses: readonly number[]
  /** T of σ(z / T); absent where the validation images do not determine it. */
  readonly temperature?: number
  /** On the evaluation images, with decisions at the thresholds. */
  readonly metrics: LongTailMetrics
}

/** A trained model and what it is worth. */
export interface FineTuneRun {
  /** Distinct among the runs, as `db/class-aware`; the name in `predictions.jsonl`. */
  readonly name: string
  /** The name of the loss. */
  readonly loss: string
  readonly lossParameters: Readonly<Record<string, unknown>>
  readonly sampler: SamplerName
  /** On the evaluation images, with decisions at logit 0. */
  readonly metrics: LongTailMetrics
  /** On the validation images, with decisions at logit 0; absent without them. */
  readonly validation?: LongTailMetrics
  /** Absent without validation images. */
  readonly tuned?: TunedDecisions
  /** The mean loss of each epoch: those of the head, then those of the blocks. */
  readonly lossCurve: readonly number[]
  readonly training: { readonly head: TrainingCurve; readonly blocks?: TrainingCurve }
  /** That of the head. */
  readonly learningRate: number
  /** The range test behind `learningRate: 'find'`. */
  readonly learningRateTrials?: readonly LearningRateTrial[]
  /** With trained blocks, it is for the features that they give. */
  readonly head: LinearHead
}

/** What {@link fineTune} gives. */
export interface FineTuneResult {
  /** The folder of the saved model, as it was given. */
  readonly output?: string
  /** The copies that are saved beside the model. */
  readonly copies: readonly ModelCopy[]
  /** The main run first, then those of `compare`. */
  readonly runs: readonly FineTuneRun[]
  /** Of the training images. */
  readonly statistics: LabelStatistics
  readonly classNames: readonly string[]
  readonly evaluationCount: number
  readonly evaluatedOn: TrainingData['evaluatedOn']
  /** The number of validation images, 0 for none. */
  readonly validationCount: number
  /**
   * Where they come from: a split of the data, or the training images. With `evaluatedOn` both `validation`, they are the same
   * images, and what is measured at tuned thresholds is optimistic.
   */
  readonly validatedOn: 'validation' | 'held-out' | 'none'
  /** Where the features come from, as `pooler_output`, and how long a vector is. */
  readonly features: { readonly description: string; readonly count: number }
  /** Images that could not be read. */
  readonly skipped: readonly SkippedImage[]
  /** What a reader of the results should know, as what was found damaged in the cache and has been computed again. */
  readonly notes: readonly string[]
  /** Images in the folder that no metadata mentions. */
  readonly withoutMetadata: readonly string[]
}
