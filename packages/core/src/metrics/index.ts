export { averagePrecision } from './average-precision.ts'
export type { F1Scores } from './f1.ts'
export {
  type LongTailMetrics,
  type LongTailMetricsOptions,
  longTailMetrics,
  type ScoreData,
  type SplitMeans,
} from './long-tail-metrics.ts'
