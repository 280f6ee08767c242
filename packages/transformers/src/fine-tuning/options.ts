import type { BackboneDtype } from '../backbone/model-files.ts'
import type { Pooling } from '../backbone/pooling.ts'
import type { CopyDtype } from '../copies/copy-dtype.ts'
import type { Dataset } from '../data/dataset.ts'
import type { OnBadImage } from '../features/extract-features.ts'
import type { FeatureScaling } from '../features/feature-scaling.ts'
import type { OnProgress } from '../progress.ts'
import type { SamplerName, TrainingSettings } from '../training-settings.ts'
import type { LossChoice, RunChoice } from './loss-choice.ts'
import type { ValidationMeasures, ValidationMetric } from './validation-metric.ts'

/** Which epoch is kept, and when training ends before its time. */
export interface EarlyStopping {
  /** Default `map`. */
  readonly metric?: ValidationMetric
  /** Ends a training after so many epochs without a new best. Default: all epochs are run. */
  readonly patience?: number
}

/** How the last blocks of a backbone are trained, after the head. */
export interface BlockSettings {
  /**
   * How many of the last blocks are trained, with all that follows them and the head: 0 trains the head alone. A head is
   * trained on the frozen features first, and both start from there (linear probing, then fine-tuning: Kumar et al., ICLR
   * 2022). Default 0.
   */
  readonly trainableBlocks?: number
  /** Epochs of the blocks, after those of the head. Default 20. */
  readonly blockEpochs?: number
  /** Default 32; at most the number of samples is used. */
  readonly blockBatchSize?: number
  /** The highest learning rate of blocks and head; warm-up and cosine as for the head. Default 1e-4. */
  readonly blockLearningRate?: number
  /** Measures and saves an exponential moving average of the weights, with this decay a step, as 0.98. Default: none. */
  readonly averageDecay?: number
}

/** What is told after each epoch. */
export interface EpochReport {
  /** The name of the run, as `db/class-aware`. */
  readonly run: string
  /** What is trained: the head on frozen features, or the last blocks with the head. */
  readonly phase: 'head' | 'blocks'
  /** From 1. */
  readonly epoch: number
  /** How many there are, if training is not stopped early. */
  readonly epochs: number
  /** The mean training loss of the epoch. */
  readonly loss: number
  /** Absent without validation images. */
  readonly validation?: ValidationMeasures
}

/** Options of {@link fineTune}. */
export interface FineTuneOptions extends Omit<TrainingSettings, 'learningRate'>, BlockSettings {
  /** The backbone: a local folder in the layout of transformers.js, or a name on the hub. */
  readonly model: string
  /** A folder or file that {@link readDataset} recognises, or a data set from another reader or from code. */
  readonly data: string | Dataset
  /** Where the model is saved, with `predictions.jsonl` and a model card. Default: it is only measured. */
  readonly output?: string
  /**
   * Copies that are saved beside the float32 model: `q8` with weights of 8 bits, `fp16` in half precision. How far their logits
   * are from the model's on up to 64 validation images, or evaluation images where there are none, is recorded. Default: none.
   */
  readonly copies?: readonly CopyDtype[]
  /** Default `distribution-balanced`. */
  readonly loss?: LossChoice
  /** Default `uniform`. */
  readonly sampler?: SamplerName
  /** Further runs on the same features, measured but not saved. */
  readonly compare?: readonly RunChoice[]
  /**
   * The highest learning rate of the head, after a warm-up of 5 % of the steps; then half a cosine to 0. `find` takes what a
   * range test finds for each run. Default 3e-3.
   */
  readonly learningRate?: number | 'find'
  /** Default `auto`. */
  readonly pooling?: Pooling
  /** The precision of the backbone's weights. Blocks of `q8` cannot be trained. Default `fp32`. */
  readonly dtype?: BackboneDtype
  /**
   * A folder that keeps the features of images, see {@link extractFeatures}, and what the frozen blocks make of them when
   * blocks are trained. Default: none; both are kept in memory.
   */
  readonly cache?: string
  /** How features are scaled before training; the saved head undoes it. Default `rms`. */
  readonly featureScaling?: FeatureScaling
  /** Default `fail`. */
  readonly onBadImage?: OnBadImage
  /** `validation` or `test`. Default: `test`, else `validation`, else a fifth of training is held out. */
  readonly evaluationSplit?: string
  /**
   * The share of the training images, above 0 and below 1, on which epochs are measured and thresholds and temperature are
   * tuned; 0 for none. Default: the validation split of the data, and where it has none 0.1, or none where that would empty a
   * class. Where the validation split is what is evaluated on, a share that is given keeps the two apart.
   */
  readonly validation?: number
  /**
   * Keeps the epoch that is best on validation, and perhaps stops early. Default: the last epoch is kept. On small data the
   * best of many epochs is often the luckiest one.
   */
  readonly earlyStopping?: EarlyStopping
  /** Trains on a long-tailed subset of the training images; see `longTailedSubset` of `@dbloss/core`. */
  readonly subset?: { readonly max: number; readonly min?: number; readonly exponent?: number; readonly seed: number }
  /** Replaces a model that dbloss saved there before. Default false. */
  readonly overwrite?: boolean
  /** A folder in which training is saved as it goes, and removed from when all is done. Default: none. */
  readonly checkpoints?: string
  /**
   * Goes on from the checkpoints, to the same result as without the interruption; from the start where there are none. Default
   * false: a folder with checkpoints is refused.
   */
  readonly resume?: boolean
  /** Ends the work early; nothing half-written is left behind, and `checkpoints` has what was done. */
  readonly signal?: AbortSignal
  readonly onProgress?: OnProgress
  /** Called after each epoch of each run. */
  readonly onEpoch?: (report: EpochReport) => void
}
