import { checkNumber } from '../check-number.ts'
import type { LabelInput } from '../labels/label-matrix.ts'
import { type SplitThresholds, splitClasses } from '../labels/splits.ts'
import type { LabelStatistics } from '../labels/statistics.ts'
import { type DrawingOptions, resampleWeights } from './resample-weights.ts'
import { classColumn, readLabelMatrix, type ScoreData, withScores } from './scored-labels.ts'
import { type SplitMeans, splitMeans } from './split-means.ts'
import { prepareClass, weightedAveragePrecision } from './weighted-average-precision.ts'

/** How samples are drawn again. */
export interface ResamplingOptions extends DrawingOptions {
  /** The labels of the evaluated samples: 0, 1, or −1 for unknown, which is left out. */
  readonly labels: LabelInput
  /** The statistics of the training set: they say which classes are head, medium and tail. */
  readonly statistics: LabelStatistics
  /** Where head and tail begin, in training samples. Default 100 and 20. */
  readonly splitThresholds?: SplitThresholds
  /** The share of the resamples that lies in the interval, between 0 and 1. Default 0.95. */
  readonly confidence?: number
  /** Called after each resample. */
  readonly onProgress?: (done: number, resamples: number) => void
}

/** The mean average precision of one set of scores on the samples as they are and on each resample. */
export interface ResampledMap {
  readonly estimate: SplitMeans
  readonly resampled: readonly SplitMeans[]
}

/** Draws N of the N samples with replacement, again and again, and evaluates all sets of scores on the same draws. */
export function resampleMap(options: ResamplingOptions, scoreSets: ReadonlyMap<string, ScoreData>): ResampledMap[] {
  const { statistics, splitThresholds, confidence = 0.95, onProgress } = options
  checkNumber('confidence', confidence, { above: 0, below: 1 })
  const expected = { classCount: statistics.classCount, described: 'the statistics describe' }
  const matrix = readLabelMatrix(options.labels, expected)
  const splits = splitClasses(statistics, splitThresholds)
  const models = [...scoreSets].map(([argument, scores]) => {
    const scored = withScores(matrix, scores, expected, argument)
    return Array.from({ length: matrix.classCount }, (_, index) => {
      const column = classColumn(scored, index)
      return prepareClass(column.labels, column.scores)
    })
  })

  const evaluate = (weights: Int32Array): SplitMeans[] =>
    models.map((classes) =>
      splitMeans(
        classes.map((prepared) => weightedAveragePrecision(prepared, weights)),
        splits,
      ),
    )
  const { sampleCount } = matrix
  const estimates = evaluate(new Int32Array(sampleCount).fill(1))
  const rounds = resampleWeights(sampleCount, options)
  const draws: SplitMeans[][] = []
  for (const weights of rounds) {
    draws.push(evaluate(weights))
    onProgress?.(draws.length, rounds.length)
  }
  return estimates.map((estimate, model) => ({ estimate, resampled: draws.map((means) => means[model]!) }))
}
