import { checkNumber } from '../check-number.ts'
import { type ClassOptions, givenClasses } from './class-names.ts'
import {
  checkMatrix,
  type LabelData,
  largestClass,
  matrixRows,
  noClasses,
  noSamples,
  requireLabels,
} from './label-matrix.ts'
import { type LabelRow, readSampleLabels, type SampleLabels } from './label-row.ts'
import { type LabelSetTable, labelSetTable } from './label-set-table.ts'
import type { LabelStatistics } from './statistics.ts'

/** Options of {@link labelStatisticsBuilder} and of `labelStatistics`. */
export interface LabelStatisticsOptions extends ClassOptions {
  /** c ≥ 0: resolves classes that no sample or every sample carries; see `smoothedCounts`. Default: none. */
  readonly pseudoCount?: number
  /**
   * How many distinct label sets are kept at most: with more than this, none are, and what needs them (`mu: 'auto'`,
   * co-occurrence, SCUMBLE) refuses the statistics. The counts stay exact. Default: no limit.
   */
  readonly maxLabelSets?: number
}

/** Counts labels as they come; see {@link labelStatisticsBuilder}. */
export interface LabelStatisticsBuilder {
  /** Counts one sample. A sample that is refused leaves no trace. */
  add(labels: SampleLabels): void
  /** Counts the samples of lists, of any iterable, or of a matrix; where one is refused, those before it stay counted. */
  addBatch(labels: LabelData | Iterable<SampleLabels>): void
  /** The statistics of what was counted so far; counting may go on afterwards. */
  finish(): LabelStatistics
}

/**
 * Counts the labels of a data set that is read bit by bit: n_i, N, in how many samples each class is known, and the
 * distinct label sets, as `labelStatistics` does for one that is at hand. The memory is that of C counts and of the
 * distinct label sets (about 30 bytes and 4 a class each), however many samples come; `maxLabelSets` bounds the latter.
 *
 * @throws DblossError `argument` or `shape` for bad options; `add` and `addBatch` throw `labels` or `shape`, with the number
 * of the sample since the start; `finish` throws `shape` where no sample came, `labels` where the number of classes is open.
 */
export function labelStatisticsBuilder(options: LabelStatisticsOptions = {}): LabelStatisticsBuilder {
  const { pseudoCount, classNames, maxLabelSets = Infinity } = options
  if (pseudoCount !== undefined) checkNumber('pseudoCount', pseudoCount, { minimum: 0 })
  if (maxLabelSets !== Infinity) checkNumber('maxLabelSets', maxLabelSets, { integer: true, minimum: 0 })
  let expected = givenClasses(options)
  let sampleCount = 0
  let classCount = expected?.classCount ?? 0
  let positives = new Float64Array(classCount)
  let unknowns: Float64Array | undefined
  let table: LabelSetTable | undefined = maxLabelSets === 0 ? undefined : labelSetTable()

  function reserve(classes: number): void {
    classCount = Math.max(classCount, classes)
    if (positives.length < classCount) positives = enlarged(positives, Math.max(classCount, positives.length * 2))
  }

  function count(row: LabelRow): void {
    const { classes, values, unknown } = row
    if (expected === undefined) reserve(largestClass(row) + 1)
    for (let i = 0; i < classes.length; i++) positives[classes[i]!]! += values === undefined ? 1 : values[i]!
    if (unknown.length > 0) {
      if (unknowns === undefined || unknowns.length < classCount) {
        unknowns = enlarged(unknowns ?? new Float64Array(0), positives.length)
      }
      for (const index of unknown) unknowns[index]!++
    }
    sampleCount++
    if (values === undefined) table?.add(classes, unknown, 1)
    else table = undefined
    if (maxLabelSets !== Infinity && table !== undefined && table.size() > maxLabelSets) table = undefined
  }

  function add(labels: SampleLabels): void {
    count(readSampleLabels(labels, sampleCount, expected))
  }

  return {
    add,
    addBatch(labels) {
      requireLabels(labels, true)
      if (!('data' in labels)) {
        for (const row of labels) add(row)
        return
      }
      const columns = checkMatrix(labels, expected)
      if (columns < classCount) {
        // Lists without a class count came before, with larger class indices.
        checkMatrix(labels, { classCount, described: 'the samples before name' })
      }
      reserve(columns)
      expected ??= { classCount: columns, described: 'the matrix has' }
      for (const row of matrixRows(labels, sampleCount)) count(row)
    },
    finish() {
      if (sampleCount === 0) throw noSamples()
      if (classCount === 0) throw noClasses()
      return {
        sampleCount,
        classCount,
        classCounts: Array.from(positives.subarray(0, classCount)),
        ...(unknowns === undefined
          ? {}
          : { knownCounts: Array.from({ length: classCount }, (_, index) => sampleCount - (unknowns?.[index] ?? 0)) }),
        ...(classNames === undefined ? {} : { classNames: [...classNames] }),
        ...(pseudoCount === undefined ? {} : { pseudoCount }),
        ...(table === undefined ? {} : { labelSets: table.labelSets() }),
      }
    },
  }
}

function enlarged(counts: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(size)
  larger.set(counts)
  return larger
}
