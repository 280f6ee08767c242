export {
  type ClassAwareSamplerOptions,
  classAwareSampler,
  type NamedClassAwareSamplerOptions,
} from './class-aware-sampler.ts'
export type { ClassDistribution } from './class-distribution.ts'
export type { ClassOptions } from './class-names.ts'
export { classPriors, type SmoothedCounts, smoothedCounts } from './class-priors.ts'
export { conditionalProbabilities, coOccurrence } from './co-occurrence.ts'
export { type ClassPair, type CoOccurringPairsOptions, coOccurringPairs } from './co-occurring-pairs.ts'
export {
  type DescribedPair,
  type DescribeLabelsOptions,
  describeLabels,
  type LabelDescription,
} from './describe-labels.ts'
export { gatherClasses, scatterClasses } from './gather-classes.ts'
export { gatherStatistics } from './gather-statistics.ts'
export {
  type ImbalanceMeasures,
  type ImbalanceMeasuresOptions,
  imbalanceMeasures,
  labelCardinality,
  labelDensity,
  theoreticalComplexity,
} from './imbalance-measures.ts'
export { type ImbalanceSpread, imbalanceRatios, imbalanceSpread } from './imbalance-ratios.ts'
export { type IterativeStratificationOptions, iterativeStratification } from './iterative-stratification.ts'
export { labelDescriptionText } from './label-description-text.ts'
export type { DataSetLabels, LabelData, LabelInput } from './label-matrix.ts'
export { type LabelPropensityOptions, labelPropensities } from './label-propensities.ts'
export type { ClassList, SampleLabels, SparseLabels } from './label-row.ts'
export type { LabelSet } from './label-sets.ts'
export { type LongTailedSubsetOptions, longTailedSubset } from './long-tailed-subset.ts'
export { mergeStatistics } from './merge.ts'
export {
  type NegativeClassSampler,
  type NegativeClassSamplerOptions,
  type NegativeWeighting,
  negativeClassSampler,
  type SampledClasses,
} from './negative-class-sampler.ts'
export {
  type RebalancingDiagnostic,
  type RebalancingOptions,
  rebalancingDiagnostic,
  suggestMu,
  type WeightSummary,
} from './rebalancing.ts'
export type { Sampler } from './sampler.ts'
export { type Scumble, scumble } from './scumble.ts'
export { type ClassSplits, type SplitThresholds, splitClasses } from './splits.ts'
export { type ClassCounts, type LabelStatistics, labelStatistics, statisticsFromCounts } from './statistics.ts'
export {
  type LabelStatisticsBuilder,
  type LabelStatisticsOptions,
  labelStatisticsBuilder,
} from './statistics-builder.ts'
export { type UniformSamplerOptions, uniformSampler } from './uniform-sampler.ts'
