import { DblossError } from '../errors.ts'
import { type LabelInput, readHardLabels } from '../labels/label-matrix.ts'
import { type SplitThresholds, splitClasses } from '../labels/splits.ts'
import type { LabelStatistics } from '../labels/statistics.ts'
import { averagePrecision } from './average-precision.ts'
import { type F1Scores, f1Scores } from './f1.ts'

/** Scores row by row in one array. */
export interface ScoreData {
  /** Row-major [sampleCount, classCount]. */
  readonly data: ArrayLike<number>
  readonly classCount: number
}

/** What {@link longTailMetrics} needs. */
export interface LongTailMetricsOptions {
  /** The labels of the evaluated samples: 0, 1, or −1 for unknown, which is left out. */
  readonly labels: LabelInput
  /** Their logits. A score of an unknown label is not read. */
  readonly scores: ScoreData
  /** The statistics of the training set: they say which classes are head, medium and tail. */
  readonly statistics: LabelStatistics
  /** A class is predicted when its score is above this: one number, or one a class. Default 0, the middle of a logit. */
  readonly thresholds?: number | ArrayLike<number>
  /** Where head and tail begin, in training samples. Default 100 and 20. */
  readonly splitThresholds?: SplitThresholds
}

/** Mean average precision over all classes and over each split; NaN for a split without a class to average over. */
export interface SplitMeans {
  readonly all: number
  readonly head: number
  readonly medium: number
  readonly tail: number
}

/** What {@link longTailMetrics} gives. */
export interface LongTailMetrics {
  readonly map: SplitMeans
  /** [C]; NaN for the classes of `undefinedClasses`. */
  readonly averagePrecision: readonly number[]
  /** The classes without a positive in the evaluated set, ascending: they are left out of `map`. */
  readonly undefinedClasses: readonly number[]
  readonly f1: F1Scores
}

/**
 * Evaluates a multi-label classifier the way the long-tail literature reports it: mean average precision over all classes
 * and over head, medium and tail (Wu et al., ECCV 2020, section 4), with micro, macro and samples F1.
 *
 * Average precision is scikit-learn's, see {@link averagePrecision}. F1 is scikit-learn's with `zero_division=0`; macro F1
 * is over all classes, so a class without positives and predictions counts 0 there.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels, `logits` for a NaN score,
 * `argument` for a NaN threshold.
 */
export function longTailMetrics(options: LongTailMetricsOptions): LongTailMetrics {
  const { scores, statistics, thresholds = 0, splitThresholds } = options
  const { classCount } = statistics
  const labels = labelMatrix(options.labels, classCount)
  checkScores(scores, labels, classCount)
  const thresholdOf = readThresholds(thresholds, classCount)
  const sampleCount = labels.length / classCount

  const column = (data: ArrayLike<number>, index: number): Float64Array =>
    Float64Array.from({ length: sampleCount }, (_, sample) => data[sample * classCount + index]!)
  const precisions = Array.from({ length: classCount }, (_, index) =>
    averagePrecision(column(labels, index), column(scores.data, index)),
  )
  const meanOver = (classes: readonly number[]): number => {
    const defined = classes.map((index) => precisions[index]!).filter((precision) => !Number.isNaN(precision))
    return defined.reduce((sum, precision) => sum + precision, 0) / defined.length
  }
  const { head, medium, tail } = splitClasses(statistics, splitThresholds)
  return {
    map: {
      all: meanOver([...precisions.keys()]),
      head: meanOver(head),
      medium: meanOver(medium),
      tail: meanOver(tail),
    },
    averagePrecision: precisions,
    undefinedClasses: precisions.flatMap((precision, index) => (Number.isNaN(precision) ? [index] : [])),
    f1: f1Scores({
      labels,
      classCount,
      isPredicted: (element) => scores.data[element]! > thresholdOf(element % classCount),
    }),
  }
}

/** Row-major [N, C] of 1, 0 and −1. */
function labelMatrix(labels: LabelInput, classCount: number): Int8Array {
  const { rows } = readHardLabels(labels, 'an evaluation', { classCount, described: 'the statistics describe' })
  const matrix = new Int8Array(rows.length * classCount)
  rows.forEach(({ classes, unknown }, row) => {
    for (const index of classes) matrix[row * classCount + index] = 1
    for (const index of unknown) matrix[row * classCount + index] = -1
  })
  return matrix
}

function checkScores(scores: ScoreData, labels: Int8Array, classCount: number): void {
  if (scores.classCount !== classCount) {
    throw new DblossError(
      'shape',
      `scores has ${scores.classCount} columns but the statistics describe ${classCount} classes`,
      { argument: 'scores', found: scores.classCount, expected: `${classCount} columns` },
    )
  }
  if (scores.data.length !== labels.length) {
    const rows = labels.length / classCount
    throw new DblossError('shape', `scores has ${scores.data.length} values; expected [${rows}, ${classCount}]`, {
      argument: 'scores',
      found: scores.data.length,
      expected: `${labels.length} values`,
    })
  }
  labels.forEach((label, element) => {
    if (label === -1 || !Number.isNaN(scores.data[element])) return
    const place = `${Math.floor(element / classCount)}, ${element % classCount}`
    throw new DblossError('logits', `scores[${place}] is NaN; expected a number`, {
      argument: 'scores',
      found: Number.NaN,
      expected: 'a number',
    })
  })
}

function readThresholds(thresholds: number | ArrayLike<number>, classCount: number): (classIndex: number) => number {
  const values =
    typeof thresholds === 'number' ? new Array<number>(classCount).fill(thresholds) : Array.from(thresholds)
  if (values.length !== classCount) {
    throw new DblossError('shape', `thresholds has ${values.length} values for ${classCount} classes`, {
      argument: 'thresholds',
      found: values.length,
      expected: `one number, or ${classCount}`,
    })
  }
  const invalid = values.findIndex((value) => Number.isNaN(value))
  if (invalid >= 0) {
    throw new DblossError('argument', `the threshold of class ${invalid} is NaN; expected a number`, {
      argument: 'thresholds',
      found: Number.NaN,
      expected: 'a number',
    })
  }
  return (classIndex) => values[classIndex]!
}
