import type { CopyDtype } from './copy-dtype.ts'

/** Which images a copy was compared with its model on. */
export type ComparedOn = 'validation' | 'evaluation' | 'images' | 'noise'

/** How far the logits of a copy are from those of its model. */
export interface CopyComparison {
  readonly comparedOn: ComparedOn
  /** How many images. */
  readonly images: number
  /** The largest |z − z′| of any image and label. */
  readonly maxLogitDifference: number
  /** The mean of |z − z′|. */
  readonly meanLogitDifference: number
  /** The share of decisions, of each label of each image, that are the same. */
  readonly agreement: number
}

/** A copy of a saved model in another precision, as `config.json` records it. */
export interface ModelCopy extends CopyComparison {
  readonly dtype: CopyDtype
  /** Relative to the model's folder. */
  readonly file: string
  readonly bytes: number
  /** The size of the model itself. */
  readonly modelBytes: number
}

/** A copy with its file's content. */
export interface CopyWithContent extends ModelCopy {
  readonly content: Uint8Array
}
