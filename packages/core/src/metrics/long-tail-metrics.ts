import { type SplitThresholds, splitClasses } from '../labels/splits.ts'
import type { LabelStatistics } from '../labels/statistics.ts'
import { averagePrecisionOf } from './average-precision.ts'
import { perClassNumbers } from './per-class-numbers.ts'
import { type ClassDecisionScores, decisionScores, type PrecisionRecallF1Options } from './precision-recall-f1.ts'
import { rankByScore } from './score-ranking.ts'
import { classColumn, readScoredLabels } from './scored-labels.ts'
import { type SplitMeans, splitMeans } from './split-means.ts'

/** What {@link longTailMetrics} needs. */
export interface LongTailMetricsOptions extends PrecisionRecallF1Options {
  /** The statistics of the training set: they say which classes are head, medium and tail. */
  readonly statistics: LabelStatistics
  /** Where head and tail begin, in training samples. Default 100 and 20. */
  readonly splitThresholds?: SplitThresholds
}

/** F1 of the known labels at the decision thresholds. */
export interface F1Scores {
  /** Over all elements together. */
  readonly micro: number
  /** The mean over all classes. */
  readonly macro: number
  /** The mean over the samples with at least one known label; NaN when there is none. */
  readonly samples: number
}

/** What {@link longTailMetrics} gives. */
export interface LongTailMetrics {
  readonly map: SplitMeans
  /** [C]; NaN for the classes of `undefinedClasses`. */
  readonly averagePrecision: readonly number[]
  /** The classes without a positive in the evaluated set, ascending: they are left out of `map`. */
  readonly undefinedClasses: readonly number[]
  readonly f1: F1Scores
  /** Precision, recall, F1 and support of each class at the decision thresholds, [C]. */
  readonly perClass: readonly ClassDecisionScores[]
}

/**
 * Evaluates a multi-label classifier the way the long-tail literature reports it: mean average precision over all classes
 * and over head, medium and tail (Wu et al., ECCV 2020, section 4), with micro, macro and samples F1.
 *
 * Average precision is scikit-learn's, see {@link averagePrecision}. F1 is scikit-learn's with `zero_division=0`; macro F1
 * is over all classes, so a class without positives and predictions counts 0 there. {@link precisionRecallF1} has the
 * averages of precision and recall too.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels, `logits` for a NaN score,
 * `argument` for a NaN threshold.
 */
export function longTailMetrics(options: LongTailMetricsOptions): LongTailMetrics {
  const { statistics, thresholds = 0, splitThresholds } = options
  const { classCount } = statistics
  const scored = readScoredLabels(options, { classCount, described: 'the statistics describe' })
  const thresholdOf = perClassNumbers('thresholds', thresholds, classCount)
  const splits = splitClasses(statistics, splitThresholds)

  const precisions = Array.from({ length: classCount }, (_, index) => {
    const { labels, scores } = classColumn(scored, index)
    return averagePrecisionOf(rankByScore(labels, scores))
  })
  const { micro, macro, samples, perClass } = decisionScores(scored, thresholdOf)
  return {
    map: splitMeans(precisions, splits),
    averagePrecision: precisions,
    undefinedClasses: precisions.flatMap((precision, index) => (Number.isNaN(precision) ? [index] : [])),
    f1: { micro: micro.f1, macro: macro.f1, samples: samples.f1 },
    perClass,
  }
}
