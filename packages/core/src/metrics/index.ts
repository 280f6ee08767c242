export { averagePrecision } from './average-precision.ts'
export type { ConfidenceInterval } from './basic-interval.ts'
export { type BootstrapAveragePrecisionOptions, bootstrapAveragePrecision } from './bootstrap-average-precision.ts'
export {
  type BootstrapMapDifferenceOptions,
  type BootstrapMapOptions,
  bootstrapMap,
  bootstrapMapDifference,
  type MapDifference,
  type MapDifferences,
  type SplitIntervals,
} from './bootstrap-map.ts'
export {
  type Calibration,
  type CalibrationErrors,
  type CalibrationOptions,
  expectedCalibrationError,
} from './expected-calibration-error.ts'
export { type FitTemperatureOptions, type FittedTemperature, fitTemperature } from './fit-temperature.ts'
export { coverageError, labelRankingAveragePrecision, labelRankingLoss } from './label-ranking.ts'
export {
  type F1Scores,
  type LongTailMetrics,
  type LongTailMetricsOptions,
  longTailMetrics,
} from './long-tail-metrics.ts'
export { ndcgAtK, propensityScoredNdcg } from './ndcg-at-k.ts'
export { precisionAtK, propensityScoredPrecision } from './precision-at-k.ts'
export { type PrecisionRecallPoint, precisionRecallCurve } from './precision-recall-curve.ts'
export {
  type ClassDecisionScores,
  type DecisionScores,
  type PrecisionRecallF1,
  type PrecisionRecallF1Options,
  precisionRecallF1,
} from './precision-recall-f1.ts'
export type { ReliabilityBin } from './reliability-bins.ts'
export type { DrawingOptions } from './resample-weights.ts'
export type { ResamplingOptions } from './resampled-map.ts'
export { scaleByTemperature } from './scale-by-temperature.ts'
export type { ScoreData, ScoredSamples } from './scored-labels.ts'
export type { SplitMeans } from './split-means.ts'
export type { PropensityScoredOptions, TopKOptions } from './top-k-gains.ts'
export {
  type ThresholdObjective,
  type TunedThresholds,
  type TuneThresholdsOptions,
  tuneThresholds,
} from './tune-thresholds.ts'
