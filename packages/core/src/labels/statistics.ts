import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'
import { checkClassNames } from './class-names.ts'
import type { LabelData } from './label-matrix.ts'
import type { SampleLabels } from './label-row.ts'
import type { LabelSet } from './label-sets.ts'
import { type LabelStatisticsOptions, labelStatisticsBuilder } from './statistics-builder.ts'

/**
 * What the losses need to know of a training set; plain JSON. Take it from the original training set, before any
 * re-sampling. Made by {@link labelStatistics}, or by {@link statisticsFromCounts} where only the counts are at hand.
 */
export interface LabelStatistics {
  /** N, the number of samples. */
  readonly sampleCount: number
  /** C, the number of classes. */
  readonly classCount: number
  /** n_i, the samples that carry class i; the sum of the labels where labels are soft. [C] */
  readonly classCounts: readonly number[]
  /** The samples in which the label of class i is known, [C]; absent when every label is known. */
  readonly knownCounts?: readonly number[]
  readonly classNames?: readonly string[]
  /** c, added to the positives and to the negatives of each class; see {@link smoothedCounts}. Absent: 0. */
  readonly pseudoCount?: number
  /** The distinct label sets with their multiplicity; absent for statistics from counts, from soft labels, or with more sets than `maxLabelSets`. */
  readonly labelSets?: readonly LabelSet[]
}

/** What {@link statisticsFromCounts} needs. */
export interface ClassCounts {
  /** n_i, the samples that carry class i, [C]. */
  readonly classCounts: ArrayLike<number>
  /** N. */
  readonly sampleCount: number
  /** One distinct name a class, used in messages and tables. */
  readonly classNames?: readonly string[]
  /** c ≥ 0: resolves classes that no sample or every sample carries; see {@link smoothedCounts}. Default: none. */
  readonly pseudoCount?: number
}

/**
 * Counts labels: n_i, N, in how many samples each class is known, and the distinct label sets.
 *
 * @param labels for each sample its positive classes by index or by name (or `{ classes, values, unknown }`), in an array
 * or any other iterable, which is read once and not kept; or `{ data, classCount }`, row-major, with 1 positive, 0
 * negative, between them soft, −1 unknown. An unknown label counts neither as positive nor as negative.
 * @see {@link labelStatisticsBuilder} for labels that come bit by bit, `mergeStatistics` for shards.
 * @throws DblossError `shape`, `labels` or `argument`; the message names the row, the class index and the value.
 */
export function labelStatistics(
  labels: LabelData | Iterable<SampleLabels>,
  options: LabelStatisticsOptions = {},
): LabelStatistics {
  const builder = labelStatisticsBuilder(options)
  builder.addBatch(labels)
  return builder.finish()
}

/**
 * Statistics where only the class counts are known. They lack the label sets, so they refuse `mu: 'auto'` and
 * co-occurrence.
 *
 * @throws DblossError `statistics` for a count that is negative or above `sampleCount`, `shape` or `argument` for the rest.
 */
export function statisticsFromCounts(counts: ClassCounts): LabelStatistics {
  const { sampleCount, classNames, pseudoCount } = counts
  const classCounts = Array.from(counts.classCounts)
  checkNumber('sampleCount', sampleCount, { integer: true, minimum: 1 })
  if (classCounts.length === 0) {
    throw new DblossError('shape', 'classCounts is empty; expected one count a class', {
      argument: 'classCounts',
      found: 0,
      expected: 'one count a class',
    })
  }
  classCounts.forEach((count, index) => {
    if (count >= 0 && count <= sampleCount) return
    throw new DblossError(
      'statistics',
      `classCounts[${index}] is ${count}; expected 0 to sampleCount, ${sampleCount}`,
      {
        argument: 'classCounts',
        found: count,
        expected: `0 to ${sampleCount}`,
      },
    )
  })
  if (pseudoCount !== undefined) checkNumber('pseudoCount', pseudoCount, { minimum: 0 })
  if (classNames !== undefined) checkClassNames(classNames, classCounts.length)
  return {
    sampleCount,
    classCount: classCounts.length,
    classCounts,
    ...(classNames === undefined ? {} : { classNames: [...classNames] }),
    ...(pseudoCount === undefined ? {} : { pseudoCount }),
  }
}

/**
 * The label sets, for what needs to know which classes occur together.
 *
 * @param purpose begins the message, as `co-occurrence`; `advice` ends it.
 * @throws DblossError `statistics` when the statistics have none.
 */
export function requireLabelSets(
  statistics: LabelStatistics,
  purpose: string,
  advice = 'make the statistics with labelStatistics from hard labels',
): readonly LabelSet[] {
  if (statistics.labelSets !== undefined) return statistics.labelSets
  throw new DblossError(
    'statistics',
    `${purpose} needs label sets, which statistics from counts, from soft labels or beyond maxLabelSets lack; ${advice}`,
    { argument: 'statistics', found: 'no labelSets', expected: 'statistics with labelSets' },
  )
}
