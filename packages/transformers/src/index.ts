export { type TransformersAdapterOptions, transformersAdapter } from './adapter.ts'
export { type Backbone, type BackboneOptions, loadBackbone } from './backbone/backbone.ts'
export type { FixedPooling } from './backbone/families.ts'
export type { FeatureGraph } from './backbone/feature-graph.ts'
export type { BackboneDtype, ModelConfig } from './backbone/model-files.ts'
export type { Pooling } from './backbone/pooling.ts'
export type { CopyDtype } from './copies/copy-dtype.ts'
export { type ExportCopiesOptions, exportCopies } from './copies/export-copies.ts'
export type { ComparedOn, CopyComparison, ModelCopy } from './copies/model-copy.ts'
export { type CorrectedPipeline, correctPipeline } from './correct-pipeline.ts'
export {
  type CheckedImage,
  type CheckOptions,
  checkDataset,
  type DatasetCheck,
  type DuplicateImages,
} from './data/check.ts'
export type { LabelCheck } from './data/check-labels.ts'
export { type CocoOptions, readCoco } from './data/coco.ts'
export type { SplitFiles } from './data/coco-files.ts'
export type { Dataset, ImageItem } from './data/dataset.ts'
export { chooseEvaluation, type EvaluationOptions, type TrainingData } from './data/evaluation-split.ts'
export { fromIterable, type ImageSource, type IterableOptions } from './data/from-iterable.ts'
export { type ImageFolder, readImageFolder } from './data/image-folder.ts'
export { type ParquetOptions, readParquet } from './data/parquet.ts'
export { type PascalVocOptions, readPascalVoc } from './data/pascal-voc.ts'
export { type DatasetFormat, type ReadDatasetOptions, readDataset } from './data/read-dataset.ts'
export { type ReadImageOptions, readImageBytes } from './data/read-image-bytes.ts'
export { type SplitOptions, splitDataset } from './data/split-dataset.ts'
export type { SplitName } from './data/split-names.ts'
export { readTable, type TableOptions } from './data/table.ts'
export type { Augmentations } from './features/augmentations.ts'
export {
  type ExtractedFeatures,
  type ExtractOptions,
  extractFeatures,
  type OnBadImage,
  type SkippedImage,
} from './features/extract-features.ts'
export { type FeatureScaling, measureStandardization, type Standardization } from './features/feature-scaling.ts'
export type { PrepareImage } from './features/image-preparation.ts'
export type { PixelValues } from './features/pixel-values.ts'
export { fineTune } from './fine-tuning/fine-tune.ts'
export type { LossChoice, LossWithParameters, RunChoice } from './fine-tuning/loss-choice.ts'
export type { BlockSettings, EarlyStopping, EpochReport, FineTuneOptions } from './fine-tuning/options.ts'
export type {
  FineTuneResult,
  FineTuneRun,
  LearningRateTrial,
  TrainingCurve,
  TunedDecisions,
} from './fine-tuning/result.ts'
export { type ValidationMeasures, type ValidationMetric, validationMetrics } from './fine-tuning/validation-metric.ts'
export type { HubOptions } from './hub/connection.ts'
export { type DownloadedModel, type DownloadOptions, downloadFromHub } from './hub/download-from-hub.ts'
export { type PushedModel, type PushOptions, pushToHub } from './hub/push-to-hub.ts'
export { filesToPush, type PushedFile, type PushedFiles, type PushedFilesOptions } from './hub/pushed-files.ts'
export { checkRepository } from './hub/repository.ts'
export type { ClassifyOptions, LabelScore } from './label-decisions.ts'
export { applyHead, attachHead, type LinearHead } from './linear-head.ts'
export {
  type ImageInput,
  type MultiLabelPipeline,
  type MultiLabelPipelineOptions,
  multiLabelPipeline,
} from './multi-label-pipeline.ts'
export { checkOutputFolder, type FolderContent, type WriteFolderOptions, writeFolder } from './output-folder.ts'
export type {
  PredictionLine,
  PredictionRun,
  Predictions,
  PredictionsHeader,
  ScoredPicture,
  TrainingPicture,
} from './predictions/predictions.ts'
export { readPredictions } from './predictions/read-predictions.ts'
export { type WritePredictionsOptions, writePredictions } from './predictions/write-predictions.ts'
export type { OnProgress, Progress } from './progress.ts'
export { transformersRuntime } from './runtime.ts'
export { type TrainedHead, type TrainHeadOptions, trainHead } from './train-head.ts'
export type { SamplerName, TrainingSettings } from './training-settings.ts'
