import { checkNumber, DblossError, iterativeStratification } from '@dbloss/core'
import { dataError } from './data-error.ts'
import type { Dataset, ImageItem } from './dataset.ts'

/** Options of {@link splitDataset}: shares of the training images, of which at least one is given. */
export interface SplitOptions {
  /** Above 0; the shares together are below 1. */
  readonly validation?: number
  readonly test?: number
  /** A non-negative integer; the same seed gives the same splits everywhere. */
  readonly seed: number
}

const newSplits = ['validation', 'test'] as const

/**
 * Takes validation and test images out of the training images by iterative stratification, so that rare classes are spread
 * as the shares say. A class keeps at least one training image, so that it can be learned; apart from the images that this
 * moves back, the splits have exactly the sizes of their shares. Items stay in their order.
 *
 * @returns the data with the splits that it had and the new ones.
 * @throws DblossError `argument` for shares out of range and for a split that the data has already; `data` when a split
 * would be empty.
 *
 * @example
 * const { splits } = splitDataset(await readDataset('./photos'), { validation: 0.1, test: 0.2, seed: 1 })
 */
export function splitDataset(dataset: Dataset, options: SplitOptions): Dataset {
  const wanted = newSplits.filter((split) => options[split] !== undefined)
  const shares = wanted.map((split) => checkShare(dataset, split, options[split]!))
  const trainShare = 1 - shares.reduce((sum, share) => sum + share, 0)
  if (wanted.length === 0 || trainShare <= 0) {
    throw new DblossError(
      'argument',
      `validation and test leave the share ${trainShare} for training; expected 0 to 1`,
      {
        argument: 'validation',
        found: shares,
        expected: 'at least one share, together below 1',
      },
    )
  }
  const { train } = dataset.splits
  const [training, ...others] = iterativeStratification({
    labels: train.map(({ labels }) => labels),
    classCount: dataset.classNames.length,
    proportions: [trainShare, ...shares],
    seed: options.seed,
    exactSizes: true,
  }) as [number[], ...number[][]]
  const kept = keepEachClass(train, training, others)
  const splits = Object.fromEntries(wanted.map((split, index) => [split, pick(train, kept.others[index]!)]))
  for (const split of wanted) {
    if (splits[split]!.length > 0) continue
    const problem = `can be held out for ${split} without emptying a class`
    throw dataError(`none of the ${train.length} images`, problem, train.length, `more images, or a ${split} split`)
  }
  return { ...dataset, splits: { ...dataset.splits, ...splits, train: pick(train, kept.training) } }
}

function checkShare({ splits }: Dataset, split: (typeof newSplits)[number], share: number): number {
  checkNumber(split, share, { above: 0, below: 1 })
  if (splits[split] === undefined) return share
  throw new DblossError('argument', `the data has a ${split} split already; expected no share for it`, {
    argument: split,
    found: share,
    expected: 'a split that the data lacks',
  })
}

/** Moves an image of each class that has none left back to training. */
function keepEachClass(items: readonly ImageItem[], training: readonly number[], others: readonly number[][]) {
  const learned = new Set(training.flatMap((index) => items[index]!.labels))
  const moved = new Set<number>()
  for (const index of others.flat()) {
    const { labels } = items[index]!
    if (labels.every((label) => learned.has(label))) continue
    moved.add(index)
    for (const label of labels) learned.add(label)
  }
  return {
    training: [...training, ...moved].sort((a, b) => a - b),
    others: others.map((part) => part.filter((index) => !moved.has(index))),
  }
}

function pick(items: readonly ImageItem[], indices: readonly number[]): ImageItem[] {
  return indices.map((index) => items[index]!)
}
