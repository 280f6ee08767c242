export { type ClassAwareSamplerOptions, classAwareSampler } from './class-aware-sampler.ts'
export { classPriors, type SmoothedCounts, smoothedCounts } from './class-priors.ts'
export { conditionalProbabilities, coOccurrence } from './co-occurrence.ts'
export type { LabelData, LabelInput } from './label-matrix.ts'
export type { LabelSet } from './label-sets.ts'
export { type LongTailedSubsetOptions, longTailedSubset } from './long-tailed-subset.ts'
export { mergeStatistics } from './merge.ts'
export {
  type RebalancingDiagnostic,
  type RebalancingOptions,
  rebalancingDiagnostic,
  suggestMu,
  type WeightSummary,
} from './rebalancing.ts'
export type { Sampler } from './sampler.ts'
export { type ClassSplits, type SplitThresholds, splitClasses } from './splits.ts'
export {
  type ClassCounts,
  type LabelStatistics,
  type LabelStatisticsOptions,
  labelStatistics,
  statisticsFromCounts,
} from './statistics.ts'
export { type UniformSamplerOptions, uniformSampler } from './uniform-sampler.ts'
