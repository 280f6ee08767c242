import { checkNumber, DblossError, type Loss, type OptimizerSettings } from '@dbloss/core'
import type { HeadBatch } from './check-head-batch.ts'
import { headStepGraph, headUpdateGraph } from './head-graph.ts'
import { initialState } from './head-state.ts'
import type { LossInputs } from './loss-inputs.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { OnnxHeadTrainer } from './onnx-head-trainer.ts'
import { checkedOptimizer } from './optimizers.ts'
import type { Ort, OrtSessionOptions } from './ort.ts'
import type { GraphPrecision } from './precision.ts'
import type { Schedule } from './schedules.ts'
import { type InputSourceChoice, type InputSourceState, StepInputs } from './step-inputs.ts'

/** Computes a loss and its gradient outside of the runtime, as kernels of `@dbloss/wasm` do. */
export interface LossKernel {
  /**
   * The value; fills `gradient` with its derivative with respect to the logits. All row-major [B, C]. The further inputs of the
   * loss are row-major too.
   */
  evaluate(
    logits: Float32Array,
    labels: Float32Array | Float64Array,
    gradient: Float32Array,
    further: { readonly inputs: LossInputs },
  ): number
}

/** What {@link createHeadTrainer} needs. */
export interface HeadTrainerOptions extends InputSourceChoice {
  /** The runtime, as `import * as ort from 'onnxruntime-node'`, or the one that transformers.js has loaded. */
  readonly ort: Ort
  readonly loss: Loss
  readonly featureCount: number
  readonly classCount: number
  /** Made by `adamW` or `sgd`. */
  readonly optimizer: OptimizerSettings
  /** The learning rate at each step. Default: that of the optimizer at every step. */
  readonly schedule?: Schedule
  /** Default `float32`. */
  readonly precision?: GraphPrecision
  /** Parameters to start from: `weights` row-major [featureCount, classCount]. Default: zeros. */
  readonly initial?: { readonly weights: ArrayLike<number>; readonly bias: ArrayLike<number> }
  /** Passed through to the runtime. */
  readonly sessionOptions?: OrtSessionOptions
  /**
   * Computes the loss instead of the graph: `compileKernel(loss, { classCount })` of `@dbloss/wasm`, for execution on the CPU in
   * float32, where it is faster. It has to be of the same loss. Default: the graph computes it.
   */
  readonly kernel?: LossKernel
}

/** What a step reports. */
export interface HeadStep {
  /** The loss of the batch before the step. */
  readonly loss: number
  /** The norm of the gradient over all parameters, before clipping. */
  readonly gradientNorm: number
  readonly learningRate: number
}

/** The parameters of a linear head: `logits = features · weights + bias`. */
export interface HeadParameters {
  /** Row-major [featureCount, classCount]. */
  readonly weights: Float32Array | Float64Array
  /** [classCount] */
  readonly bias: Float32Array | Float64Array
}

/** Everything that training goes on from, for checkpoints: the number of steps done, each tensor by name, the source of inputs. */
export interface HeadTrainerState extends InputSourceState {
  readonly step: number
  readonly tensors: Readonly<Record<string, Float32Array | Float64Array>>
}

/** Trains a linear head; made by {@link createHeadTrainer}. Every method throws DblossError `argument` after `dispose`. */
export interface HeadTrainer {
  /**
   * One optimizer step. Calls of `step` and `predict` do not overlap: each waits for the one before. The arrays are read
   * when the step runs, so leave them as they are until it is done.
   *
   * @throws DblossError `runtime` when the loss or the gradient is not finite; the trainer then keeps
   * the state from before the step, that of the source of inputs too. `shape`, `argument` and `labels` for a bad batch.
   */
  step(batch: HeadBatch): Promise<HeadStep>
  /** Logits, row-major [batchSize, classCount], of features, row-major [batchSize, featureCount]. */
  predict(features: ArrayLike<number>, batchSize: number): Promise<Float32Array | Float64Array>
  /** A copy of the parameters. */
  read(): HeadParameters
  /** A copy of the whole state. */
  state(): HeadTrainerState
  /**
   * Goes on from a state of a trainer with the same sizes and optimizer.
   *
   * @throws DblossError `shape` for tensors of other sizes, `argument` while a step is running and for the state of another
   * source of inputs.
   */
  restore(state: HeadTrainerState): void
  /** Frees the sessions, when the calls before are done. */
  dispose(): Promise<void>
}

/**
 * Trains a linear head with forward, loss, backward and optimizer in one ONNX graph, on any execution provider; with a kernel
 * for the loss, in two graphs around it. The further inputs of a loss are given with each batch, or made by the loss's source,
 * which then observes every step and whose state is a part of the trainer's.
 *
 * @throws DblossError `argument` for a kernel with another precision than float32, for sizes and optimizer settings out of range, `shape` when the loss or the initial
 * parameters have other sizes.
 *
 * @example
 * const trainer = await createHeadTrainer({ ort, loss, featureCount: 768, classCount: 80, optimizer: adamW({ learningRate: 3e-3 }) })
 * const { loss: value } = await trainer.step({ features, labels, batchSize: 128 })
 */
export async function createHeadTrainer(options: HeadTrainerOptions): Promise<HeadTrainer> {
  const { loss, featureCount, classCount, precision = 'float32', initial, sessionOptions } = options
  const ort = oneAtATime(options.ort)
  checkNumber('featureCount', featureCount, { integer: true, minimum: 1 })
  checkNumber('classCount', classCount, { integer: true, minimum: 1 })
  if (loss.classCount !== undefined && loss.classCount !== classCount) {
    throw new DblossError('shape', `classCount is ${classCount} but the loss describes ${loss.classCount} classes`, {
      argument: 'classCount',
      found: classCount,
      expected: `${loss.classCount}`,
    })
  }
  const optimizer = checkedOptimizer(options.optimizer)
  const size = { featureCount, classCount }
  if (options.kernel !== undefined && precision !== 'float32') {
    throw new DblossError('argument', `precision is ${precision}, but kernels compute in float32`, {
      argument: 'precision',
      found: precision,
      expected: "'float32', or no kernel",
    })
  }
  const inputs = new StepInputs(loss, classCount, options)
  const graph =
    options.kernel === undefined
      ? headStepGraph(loss, size, optimizer, precision, inputs.needsLogits)
      : headUpdateGraph(size, optimizer, precision)
  const start = initialState(graph.state, initial)
  const session = await ort.InferenceSession.create(graph.model, sessionOptions)
  const { state: stateTensors } = graph
  return new OnnxHeadTrainer({ ...options, ort, optimizer, precision, session, stateTensors, start, inputs })
}
