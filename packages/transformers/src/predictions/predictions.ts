/** A trained head in a predictions file: how it was trained, and what was tuned on the validation pictures. */
export interface PredictionRun {
  /** Distinct within the file, as `db/class-aware`. */
  readonly name: string
  /** The name of the loss. */
  readonly loss: string
  readonly lossParameters: Readonly<Record<string, unknown>>
  readonly sampler: string
  /** The mean loss of each epoch. */
  readonly lossCurve: readonly number[]
  /** The mean average precision on the validation pictures after each epoch. */
  readonly validationCurve?: readonly number[]
  /** A class is predicted where its logit is above this, [C]. Absent: not tuned. */
  readonly thresholds?: readonly number[]
  /** What logits are divided by before σ: one for all classes, or one a class. Absent: not fitted. */
  readonly temperature?: number | readonly number[]
}

/** What the first line of a predictions file says. */
export interface PredictionsHeader {
  /** One distinct name a class, [C]. */
  readonly classNames: readonly string[]
  /** The training pictures that carry each class, [C]. */
  readonly classCounts: readonly number[]
  /** The number of training pictures. */
  readonly sampleCount: number
  /** The number of lines that follow, by which a file that was cut off is told. */
  readonly imageCount: number
  /** At least one. */
  readonly runs: readonly PredictionRun[]
}

/** A training picture: only its labels, for the distribution and the co-occurrence of classes. */
export interface TrainingPicture {
  readonly file: string
  readonly split: 'train'
  /** The indices of its classes. */
  readonly labels: readonly number[]
}

/** A picture that no run was trained on, with the logits of every run. */
export interface ScoredPicture {
  /** Where it is, relative to the folder of the data, or as the data names it. */
  readonly file: string
  readonly split: 'validation' | 'test'
  /** The indices of its classes. */
  readonly labels: readonly number[]
  /** By the name of the run, [C]; finite, in single precision. */
  readonly logits: Readonly<Record<string, ArrayLike<number>>>
}

/** A line of a predictions file after the first. */
export type PredictionLine = TrainingPicture | ScoredPicture

/** What a predictions file holds. */
export interface Predictions extends Omit<PredictionsHeader, 'imageCount'> {
  /** Empty, or all training pictures. */
  readonly training: readonly TrainingPicture[]
  readonly scored: readonly ScoredPicture[]
}

/** What the first line says the file is. */
export const predictionsFormat = { format: 'dbloss-predictions', version: 1 } as const
