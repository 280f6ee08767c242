import type { SplitName } from './split-names.ts'

/** A labelled image. */
export interface ImageItem {
  /** What messages call the image: an absolute path, a URL, or a place such as `train.parquet row 17`. */
  readonly path: string
  /** Indices into the class names, ascending. */
  readonly labels: readonly number[]
  /** Gives the encoded image where `path` is neither a file nor a URL. Each call reads anew: nothing is kept. */
  readonly read?: () => Promise<Uint8Array>
  /** What the data set itself calls the image, where it has such names: the id in COCO and VOC. */
  readonly id?: string
}

/** Labelled images in splits. Images are not opened before they are needed: see `readImageBytes`. */
export interface Dataset {
  /** The names of the labels; their order is that of a model's outputs. */
  readonly classNames: readonly string[]
  /** The items of each split that the data has, in the order of the source. Data without splits is all `train`. */
  readonly splits: { readonly train: readonly ImageItem[] } & Partial<Record<SplitName, readonly ImageItem[]>>
  /** Image files beside the data that it does not mention; they are not used. */
  readonly withoutMetadata: readonly string[]
}
