import {
  bootstrapAveragePrecision,
  type CalibrationErrors,
  type ClassDecisionScores,
  expectedCalibrationError,
  type F1Scores,
  fitTemperature,
  type LabelStatistics,
  longTailMetrics,
  type ScoreData,
  scaleByTemperature,
  tuneThresholds,
} from '@dbloss/core'
import type { PredictionRun } from '@dbloss/transformers'
import { type BootstrapSettings, type Interval, intervalOf, type SplitKey } from './comparison.ts'
import { type CurvePoint, splitCurves } from './curves.ts'
import type { ScoredSet, ScoredSets } from './scored-set.ts'

/** Where thresholds and temperature come from: the file, or the validation pictures while the report is made. */
export type TunedBy = 'file' | 'report'

/** Decisions at one list of thresholds. */
export interface Decisions {
  readonly f1: F1Scores
  /** [C] */
  readonly perClass: readonly ClassDecisionScores[]
}

/** How well probabilities agree with shares. */
export interface CalibrationNumbers {
  /** The expected calibration error over all elements. */
  readonly micro: number
  /** The mean error of the classes. */
  readonly macro: number
  /** The reliability diagram of all elements. */
  readonly bins: CalibrationErrors['micro']['bins']
}

/** What the report says of one run. */
export interface RunNumbers extends Pick<PredictionRun, 'name' | 'loss' | 'lossParameters' | 'sampler' | 'lossCurve'> {
  readonly validationCurve: readonly number[] | null
  /** With bootstrap intervals, [C]; NaN without positives. */
  readonly averagePrecision: readonly Interval[]
  /** At logit 0. */
  readonly untuned: Decisions
  readonly tuned: (Decisions & { readonly thresholds: readonly number[]; readonly by: TunedBy }) | null
  readonly calibration: CalibrationNumbers
  readonly calibrated:
    | (CalibrationNumbers & { readonly temperature: number | readonly number[]; readonly by: TunedBy })
    | null
  /** Micro-averaged, by split. */
  readonly curves: Readonly<Record<SplitKey, readonly CurvePoint[]>>
}

/** What {@link runNumbers} needs. */
export interface RunNumbersOptions {
  readonly sets: ScoredSets
  readonly statistics: LabelStatistics
  readonly classesOf: Readonly<Record<SplitKey, readonly number[]>>
  readonly settings: BootstrapSettings
}

/** Measures one run on the evaluated pictures. */
export function runNumbers(run: PredictionRun, options: RunNumbersOptions): RunNumbers {
  const { sets, statistics, classesOf, settings } = options
  const { labels } = sets.evaluated
  const scores = sets.evaluated.scores.get(run.name)!
  const { name, loss, lossParameters, sampler, lossCurve, validationCurve = null } = run
  const decide = (thresholds: number | readonly number[]): Decisions => {
    const { f1, perClass } = longTailMetrics({ labels, scores, statistics, thresholds })
    return { f1, perClass }
  }
  const thresholds = thresholdsOf(run, sets.tuning)
  const temperature = temperatureOf(run, sets.tuning)
  return {
    name,
    loss,
    lossParameters,
    sampler,
    lossCurve,
    validationCurve,
    averagePrecision: bootstrapAveragePrecision({ labels, scores, ...settings }).map(intervalOf),
    untuned: decide(0),
    tuned: thresholds && { ...decide(thresholds.thresholds), ...thresholds },
    calibration: calibrationOf(labels, scores),
    calibrated: temperature && {
      ...calibrationOf(labels, scaleByTemperature(scores, temperature.temperature)),
      ...temperature,
    },
    curves: splitCurves(labels, scores, classesOf),
  }
}

function thresholdsOf({ name, thresholds }: PredictionRun, tuning: ScoredSet | undefined) {
  if (thresholds !== undefined) return { thresholds, by: 'file' as const }
  if (tuning === undefined) return null
  const tuned = tuneThresholds({ labels: tuning.labels, scores: tuning.scores.get(name)! })
  return { thresholds: tuned.thresholds, by: 'report' as const }
}

function temperatureOf({ name, temperature }: PredictionRun, tuning: ScoredSet | undefined) {
  if (temperature !== undefined) return { temperature, by: 'file' as const }
  if (tuning === undefined) return null
  const { temperatures } = fitTemperature({ labels: tuning.labels, scores: tuning.scores.get(name)! })
  return { temperature: temperatures[0]!, by: 'report' as const }
}

function calibrationOf(labels: ScoredSet['labels'], scores: ScoreData): CalibrationNumbers {
  const { micro, macro } = expectedCalibrationError({ labels, scores })
  return { micro: micro.error, macro, bins: micro.bins }
}
