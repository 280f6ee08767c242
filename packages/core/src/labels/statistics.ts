import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'
import { type ExpectedClasses, givenClassCount, type LabelInput, type LabelRow, readLabels } from './label-matrix.ts'
import { distinctLabelSets, type LabelSet } from './label-sets.ts'

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
  /** The distinct label sets with their multiplicity; absent for statistics from counts or from soft labels. */
  readonly labelSets?: readonly LabelSet[]
}

/** What is common to both ways to statistics. */
interface StatisticsOptions {
  /** One distinct name a class, used in messages and tables. */
  readonly classNames?: readonly string[]
  /** c ≥ 0: resolves classes that no sample or every sample carries; see {@link smoothedCounts}. Default: none. */
  readonly pseudoCount?: number
}

/** Options of {@link labelStatistics}. */
export interface LabelStatisticsOptions extends StatisticsOptions {
  /** C. Default: the length of `classNames`, the columns of a matrix, or the largest class index of the lists + 1. */
  readonly classCount?: number
}

/** What {@link statisticsFromCounts} needs. */
export interface ClassCounts extends StatisticsOptions {
  /** n_i, the samples that carry class i, [C]. */
  readonly classCounts: ArrayLike<number>
  /** N. */
  readonly sampleCount: number
}

/**
 * Counts labels: n_i, N, in how many samples each class is known, and the distinct label sets.
 *
 * @param labels for each sample the indices of its positive classes, or `{ data, classCount }`, row-major, with 1
 * positive, 0 negative, between them soft, −1 unknown. An unknown label counts neither as positive nor as negative.
 * @throws DblossError `shape`, `labels` or `argument`; the message names the row, the class index and the value.
 */
export function labelStatistics(labels: LabelInput, options: LabelStatisticsOptions = {}): LabelStatistics {
  const { classNames, pseudoCount } = options
  const { classCount, rows } = readLabels(labels, expectedClasses(options))
  checkOptions(options, classCount)
  const isHard = rows.every(({ values }) => values === undefined)
  return {
    sampleCount: rows.length,
    classCount,
    classCounts: countPositives(rows, classCount),
    ...(rows.every(({ unknown }) => unknown.length === 0) ? {} : { knownCounts: countKnown(rows, classCount) }),
    ...(classNames === undefined ? {} : { classNames: [...classNames] }),
    ...(pseudoCount === undefined ? {} : { pseudoCount }),
    ...(isHard ? { labelSets: distinctLabelSets(rows) } : {}),
  }
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
  checkOptions(counts, classCounts.length)
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
    `${purpose} needs label sets, which statistics from counts or from soft labels lack; ${advice}`,
    { argument: 'statistics', found: 'no labelSets', expected: 'statistics with labelSets' },
  )
}

function expectedClasses({ classCount, classNames }: LabelStatisticsOptions): ExpectedClasses | undefined {
  if (classCount !== undefined || classNames === undefined) return givenClassCount(classCount)
  return { classCount: classNames.length, described: 'classNames names' }
}

function checkOptions({ classNames, pseudoCount }: StatisticsOptions, classCount: number): void {
  if (pseudoCount !== undefined) checkNumber('pseudoCount', pseudoCount, { minimum: 0 })
  if (classNames === undefined) return
  if (classNames.length !== classCount) {
    throw new DblossError('shape', `classNames has ${classNames.length} names for ${classCount} classes`, {
      argument: 'classNames',
      found: classNames.length,
      expected: `${classCount} names`,
    })
  }
  const repeated = classNames.find((name, index) => classNames.indexOf(name) !== index)
  if (repeated !== undefined) {
    throw new DblossError('argument', `classNames has '${repeated}' twice; expected distinct names`, {
      argument: 'classNames',
      found: repeated,
      expected: 'distinct names',
    })
  }
}

function countPositives(rows: readonly LabelRow[], classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0)
  for (const { classes, values } of rows) {
    classes.forEach((index, position) => {
      counts[index]! += values?.[position] ?? 1
    })
  }
  return counts
}

function countKnown(rows: readonly LabelRow[], classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(rows.length)
  for (const { unknown } of rows) for (const index of unknown) counts[index]!--
  return counts
}
