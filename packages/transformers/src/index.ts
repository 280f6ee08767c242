export { type TransformersAdapterOptions, transformersAdapter } from './adapter.ts'
export { type Backbone, loadBackbone } from './backbone.ts'
export { chooseEvaluation, type EvaluationOptions, type TrainingData } from './evaluation-split.ts'
export type { FeatureGraph } from './feature-graph.ts'
export { type FeatureScaling, measureStandardization, type Standardization } from './feature-scaling.ts'
export {
  type ExtractedFeatures,
  type ExtractOptions,
  extractFeatures,
  type OnBadImage,
  type SkippedImage,
} from './features.ts'
export {
  type FineTuneOptions,
  type FineTuneResult,
  type FineTuneRun,
  fineTune,
  type LossChoice,
  type RunChoice,
} from './fine-tune.ts'
export { type ImageFolder, type ImageItem, readImageFolder, type SplitName } from './image-folder.ts'
export { applyHead, attachHead, type LinearHead } from './linear-head.ts'
export type { ModelConfig } from './model-files.ts'
export {
  type ClassifyOptions,
  type ImageInput,
  type LabelScore,
  type MultiLabelPipeline,
  type MultiLabelPipelineOptions,
  multiLabelPipeline,
} from './multi-label-pipeline.ts'
export type { PixelValues } from './pixel-values.ts'
export type { Pooling } from './pooling.ts'
export type { OnProgress, Progress } from './progress.ts'
export { transformersRuntime } from './runtime.ts'
export { type TrainedHead, type TrainHeadOptions, trainHead } from './train-head.ts'
export type { SamplerName, TrainingSettings } from './training-settings.ts'
