import type { ImageItem } from '@dbloss/transformers'

/** Mean average precision, 0 to 1, over all classes and by split. */
export interface PublishedMap {
  readonly all: number
  readonly head?: number
  readonly medium?: number
  readonly tail?: number
}

/** What a file or folder of the user's images is called, in one of several layouts, and where it comes from. */
export interface RequiredPath {
  readonly anyOf: readonly string[]
  /** What is downloaded and unpacked to have it. */
  readonly download: string
}

/** The images that a recipe chooses from, and those that it measures on. */
export interface RecipeImages {
  readonly classNames: readonly string[]
  /** In the order of their ids, so that a seed draws the same images everywhere. */
  readonly pool: readonly ImageItem[]
  readonly test: readonly ImageItem[]
}

/** A long-tailed data set of a paper, made from the user's copy of the images that it was made from. */
export interface Recipe {
  /** What it is called in the paper. */
  readonly title: string
  /** Where the images come from, in words. */
  readonly pool: string
  readonly test: string
  /** The target count of the most frequent class; `min` is 1 and the exponent 6, as in the paper. */
  readonly max: number
  /** Of the training set that was released with the paper. */
  readonly released: {
    readonly pictures: number
    readonly head: number
    readonly medium: number
    readonly tail: number
  }
  /** The parameters of the Distribution-Balanced loss that depend on the data set; the others are its defaults. */
  readonly preset: { readonly mu: number; readonly lambda: number }
  readonly published: {
    readonly erm: PublishedMap
    readonly resampling: PublishedMap
    readonly cbFocal: PublishedMap
    readonly db: PublishedMap
    readonly dbFocal: PublishedMap
  }
  readonly required: readonly RequiredPath[]
  /**
   * Reads the labels of the user's images; no image is opened.
   *
   * @throws DblossError `data` as the reader of the format.
   */
  read(folder: string): Promise<RecipeImages>
}
