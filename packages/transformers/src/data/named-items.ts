import { dataError } from './data-error.ts'
import type { Dataset, ImageItem } from './dataset.ts'
import type { SplitName } from './split-names.ts'

/** An image whose labels are names, as a reader finds it. */
export interface NamedItem extends Omit<ImageItem, 'labels'> {
  readonly labels: readonly string[]
  /** Where the item stands in the data, for messages: `photos/metadata.jsonl line 3`. */
  readonly place: string
}

/** The items of each split. */
export type NamedSplits = Readonly<Partial<Record<SplitName, readonly NamedItem[]>>>

/** What {@link toDataset} needs besides the items. */
export interface NamedSource {
  /** The data as the user named it, for messages. */
  readonly given: string
  /** The classes that the data declares. Default: the labels that occur in training, sorted. */
  readonly classNames?: readonly string[] | undefined
  readonly withoutMetadata?: readonly string[]
}

/**
 * Turns the names of labels into indices.
 *
 * @throws DblossError `data` without training images or any label, for labels that are none of the classes, with their
 * place, and for an image that stands in the data twice.
 */
export function toDataset(splits: NamedSplits, { given, classNames, withoutMetadata = [] }: NamedSource): Dataset {
  const { train, validation, test } = splits
  if (train === undefined) {
    const found = Object.keys(splits)
    throw dataError(given, `has ${found.join(' and ')} but no train split`, found, 'a train split')
  }
  failOnRepeated(Object.values(splits).flat())
  const names = classNames ?? [...new Set(train.flatMap(({ labels }) => labels))].sort()
  if (names.length === 0) throw dataError(`no image of ${given}`, 'has a label', names, 'at least one label')
  const indices = new Map(names.map((name, index) => [name, index]))
  const unknown = classNames === undefined ? 'which no training image has' : 'which is none of the classes'
  const toItem = ({ path, labels, place, read, id }: NamedItem): ImageItem => ({
    path,
    labels: labels
      .map((label) => {
        const index = indices.get(label)
        if (index !== undefined) return index
        throw dataError(place, `has the label '${label}', ${unknown}`, label, `one of the ${names.length} classes`)
      })
      .sort((a, b) => a - b),
    ...(read === undefined ? {} : { read }),
    ...(id === undefined ? {} : { id }),
  })
  return {
    classNames: names,
    splits: {
      train: train.map(toItem),
      ...(validation === undefined ? {} : { validation: validation.map(toItem) }),
      ...(test === undefined ? {} : { test: test.map(toItem) }),
    },
    withoutMetadata,
  }
}

function failOnRepeated(items: readonly NamedItem[]): void {
  const places = new Map<string, string>()
  for (const { path, place } of items) {
    const earlier = places.get(path)
    if (earlier !== undefined) {
      throw dataError(place, `names ${path}, as ${earlier} does`, path, 'each image once')
    }
    places.set(path, place)
  }
}
