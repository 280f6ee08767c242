import type { Loss, OptimizerSettings } from '@dbloss/core'
import type { ModelProto } from '../onnx/index.ts'
import type { Ort, OrtSessionOptions } from '../ort.ts'
import type { Schedule } from '../schedules.ts'
import type { InputSourceChoice, InputSourceState } from '../step-inputs.ts'
import type { FrozenActivations, ModelInputs, TrainingBatch } from './batches.ts'
import type { ParameterGroup } from './parameter-groups.ts'
import type { ModelParameter } from './parameters.ts'
import type { TrainableSelection } from './trainable.ts'

/** What {@link createTrainer} needs. */
export interface TrainerOptions extends InputSourceChoice {
  /** The runtime, as `import * as ort from 'onnxruntime-node'`, or the one that transformers.js has loaded. */
  readonly ort: Ort
  /** The model: the path of an ONNX file (in Node), its content, or a decoded model. Opset 13 to 21. */
  readonly model: string | Uint8Array | ModelProto
  /** Which weights are trained; all others are frozen. */
  readonly trainable: TrainableSelection
  readonly loss: Loss
  /** Made by `adamW` or `sgd`. */
  readonly optimizer: OptimizerSettings
  /** The output that holds the logits [batch, classes]. Default: `logits`, or the only output. */
  readonly output?: string
  /** The learning rate at each step. Default: that of the optimizer at every step. */
  readonly schedule?: Schedule
  /** Settings for some of the weights; the first that matches counts. Default: none. */
  readonly parameterGroups?: readonly ParameterGroup[]
  /** Keeps an exponential moving average of the weights with this decay, as 0.999. Default: none. */
  readonly averageDecay?: number
  /** Sizes of open axes of the model's inputs by their names, as `{ height: 224, width: 224 }`. */
  readonly dimensions?: Readonly<Record<string, number>>
  /**
   * Saves memory for time: the trained part is cut into this many stretches, of which only the borders are kept; the inside is
   * computed again when the gradient comes by. Default 1: nothing is computed twice.
   */
  readonly recomputedStretches?: number
  /** Passed through to the runtime; names the execution providers. With `webgpu` weights stay on the device. */
  readonly sessionOptions?: OrtSessionOptions
}

/** What a step reports. */
export interface TrainingStep {
  /** The loss of the batch before the step; of several batches their mean by weight. */
  readonly loss: number
  /** The norm of the gradient over all trained weights, before clipping. */
  readonly gradientNorm: number
  readonly learningRate: number
}

/** Everything that training goes on from: the number of steps done, weights, moments and averages by name, the source of inputs. */
export interface TrainerState extends InputSourceState {
  readonly step: number
  readonly tensors: Readonly<Record<string, Float32Array | Float64Array>>
}

/** Which weights: as trained last, or their moving average. */
export type WeightChoice = 'trained' | 'averaged'

/** How much memory a training takes, in bytes. */
export interface TrainingMemory {
  /** Trained weights. */
  readonly weights: number
  /** Moments of the optimizer and averages. */
  readonly optimizer: number
  /** Values of the trained part that a step keeps for the gradient, for each sample of a batch: an upper bound. */
  readonly activationsPerSample: number
  /** The most memory that the whole process has had resident; nothing outside Node. */
  readonly peakResident: number | undefined
}

/** Trains weights of an ONNX model; made by {@link createTrainer}. Every method throws DblossError `argument` after `dispose`. */
export interface Trainer {
  /** The weights that are trained. */
  readonly parameters: readonly ModelParameter[]
  /** The number of steps done. */
  readonly stepCount: number
  /**
   * One step of the optimizer. Calls do not overlap: each waits for the one before.
   *
   * @param batch - or several, whose gradients are added up to that of one large batch: each counts by its known labels with
   * reduction `mean`, by its rows with `batchmean`. They are one batch for the source of the loss's inputs too.
   * @throws DblossError `runtime` when the loss, the gradient or the new weights are not finite; the trainer then keeps the
   * state from before the step, that of the source of inputs too. `shape`, `argument` and `labels` for a bad batch.
   */
  step(batch: TrainingBatch | readonly TrainingBatch[]): Promise<TrainingStep>
  /** Runs the frozen part of the model alone, so that its results can be kept and trained on again. */
  precompute(inputs: ModelInputs): Promise<FrozenActivations>
  /** Logits, row-major [batchSize, classCount]. */
  predict(samples: ModelInputs | FrozenActivations, weights?: WeightChoice): Promise<Float32Array | Float64Array>
  /** Logits and the loss of samples with labels, without a step: a source makes inputs as for a step, and stays as it was. */
  evaluate(
    batch: TrainingBatch,
    weights?: WeightChoice,
  ): Promise<{ readonly loss: number; readonly logits: Float32Array | Float64Array }>
  /** A copy of the state. */
  state(): Promise<TrainerState>
  /**
   * Goes on from a state of a trainer with the same weights and optimizer.
   *
   * @throws DblossError `shape` for tensors of other sizes, `argument` while a step is running and for the state of another
   * source of inputs.
   */
  restore(state: TrainerState): void
  /**
   * Writes the state as safetensors, under a temporary name that is then changed, so that a kill leaves the old file or the
   * new one (in Node).
   *
   * @param extra - what else training goes on from, as the state of a sampler: any JSON. Default `null`.
   * @throws DblossError `output` when the file cannot be written, `argument` for an `extra` that JSON cannot hold.
   */
  saveCheckpoint(path: string, extra?: unknown): Promise<void>
  /**
   * Goes on from a file of {@link saveCheckpoint}, bit for bit.
   *
   * @returns the `extra` that it was saved with.
   * @throws DblossError `data` for a file that is no checkpoint, `shape` and `argument` for one of another training.
   */
  loadCheckpoint(path: string): Promise<unknown>
  /** The model with its weights as they are now: inputs, outputs and metadata are those of the original. */
  toModel(weights?: WeightChoice): Promise<ModelProto>
  /**
   * Writes {@link toModel} as an ONNX file (in Node).
   *
   * @throws DblossError `output` when the file cannot be written.
   */
  save(path: string, weights?: WeightChoice): Promise<void>
  memory(): TrainingMemory
  /** Frees the sessions, when the calls before are done. */
  dispose(): Promise<void>
}
