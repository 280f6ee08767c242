export { type OnnxAdapterOptions, onnxAdapter } from './adapter.ts'
export type { HeadBatch } from './check-head-batch.ts'
export {
  createHeadTrainer,
  type HeadParameters,
  type HeadStep,
  type HeadTrainer,
  type HeadTrainerOptions,
  type HeadTrainerState,
  type LossKernel,
} from './head-trainer.ts'
export type { LossInputs } from './loss-inputs.ts'
export { type LossModelOptions, lossModel } from './loss-model.ts'
export * from './onnx/index.ts'
export { type AdamWSettings, adamW, type SgdSettings, sgd } from './optimizers.ts'
export type { Ort, OrtData, OrtElementType, OrtSession, OrtSessionOptions, OrtTensor } from './ort.ts'
export type { GraphPrecision } from './precision.ts'
export { eightBitCopy } from './reduced-precision/eight-bit-copy.ts'
export { halfPrecisionCopy } from './reduced-precision/half-precision-copy.ts'
export { largestProductOutput, withLargestProduct } from './reduced-precision/largest-product.ts'
export { LARGEST_HALF } from './reduced-precision/mixed-precision.ts'
export { decodeSafetensors, encodeSafetensors, type Safetensors, type SafetensorsTensor } from './safetensors.ts'
export type { SafetensorsType } from './safetensors-header.ts'
export { constantSchedule, type Schedule, type WarmupCosineOptions, warmupCosine } from './schedules.ts'
export type { InputSourceChoice, InputSourceState } from './step-inputs.ts'
export type { FrozenActivations, ModelInputs, TrainingBatch } from './trainer/batches.ts'
export { createTrainer } from './trainer/create-trainer.ts'
export type { ParameterGroup } from './trainer/parameter-groups.ts'
export { type ModelParameter, modelParameters } from './trainer/parameters.ts'
export type { TrainableSelection } from './trainer/trainable.ts'
export type {
  Trainer,
  TrainerOptions,
  TrainerState,
  TrainingMemory,
  TrainingStep,
  WeightChoice,
} from './trainer/trainer.ts'
export { removeUnfinished, writeFileAtomic } from './write-file.ts'
