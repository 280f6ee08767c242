export {
  adjustLogits,
  asymmetricLoss,
  balancedSoftmaxLoss,
  binaryCrossEntropy,
  classBalancedLoss,
  classIncrementalLoss,
  composeLoss,
  DblossError,
  defineLoss,
  distributionBalancedLoss,
  dropLoss,
  equalizationLoss,
  equalizationLossV2,
  focalLoss,
  hillLoss,
  inverseFrequencyLoss,
  isDblossError,
  type LabelStatistics,
  type LongTailMetrics,
  type Loss,
  labelPropensities,
  labelStatistics,
  ldamLoss,
  logitAdjustedSigmoidLoss,
  logitAdjustedSoftmaxLoss,
  longTailMetrics,
  multiLabelLogisticLoss,
  namedLoss,
  namedLosses,
  negativeTolerantLoss,
  normalizedPickAllLabelsLoss,
  parts,
  pickAllLabelsLoss,
  presets,
  rebalancedLoss,
  type SplitMeans,
  sampledLogisticLoss,
  sampledSoftmaxLoss,
  seesawLoss,
  splitClasses,
  statisticsFromCounts,
  twoWayLoss,
  unbiasedLoss,
  upperBoundLoss,
  zlprLoss,
} from '@dbloss/core'
export { type TfjsAdapterOptions, tfjsAdapter } from './adapter.ts'
export type { LossInputs } from './check-tensors.ts'
export {
  type ClassAwareDatasetOptions,
  classAwareDataset,
  type DatasetBatch,
  type DatasetFactory,
} from './class-aware-dataset.ts'
export { type CompileWithLossOptions, compileWithLoss } from './compile-with-loss.ts'
export { type DeviceReport, deviceReport } from './device-report.ts'
export {
  type DifferentiableLoss,
  type DifferentiableLossOptions,
  differentiableLoss,
  type OutputTensors,
} from './differentiable-loss.ts'
export { type HeadLayer, initializeHeadBias } from './head-bias.ts'
export type {
  LayersModelLike,
  ModelCompileArguments,
  ModelLayer,
  ModelMetrics,
  ModelTensor,
  RowLossFunction,
} from './layers-model.ts'
export { type LoadedModel, type LoadWithLossOptions, loadWithLoss } from './load-with-loss.ts'
export {
  type EpochLogs,
  type LongTailCallback,
  type LongTailCallbackOptions,
  longTailCallback,
} from './long-tail-callback.ts'
export {
  type LabelPrediction,
  type PredictedLabel,
  type PredictLabelsOptions,
  predictLabels,
} from './predict-labels.ts'
export { type SavableModel, saveWithLoss } from './save-with-loss.ts'
export { toTfjsLoss } from './to-tfjs-loss.ts'
