import { DblossError, type LabelStatistics, labelStatistics } from '@dbloss/core'
import type { ImageItem } from '../data/dataset.ts'

/** For each item the indices of its classes. */
export function labelsOf(items: readonly ImageItem[]): (readonly number[])[] {
  return items.map(({ labels }) => labels)
}

/**
 * The statistics of training images.
 *
 * @throws DblossError `data` when one of the classes has none of them.
 */
export function trainingStatistics(training: readonly ImageItem[], classNames: readonly string[]): LabelStatistics {
  const statistics = labelStatistics(labelsOf(training), { classNames })
  const empty = classNames.filter((_, index) => statistics.classCounts[index] === 0)
  if (empty.length === 0) return statistics
  throw new DblossError('data', `no training image that is used has the label ${empty.join(', ')}`, {
    argument: 'data',
    found: empty,
    expected: 'at least one training image of each label',
  })
}
