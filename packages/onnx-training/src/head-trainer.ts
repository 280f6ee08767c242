import { checkNumber, DblossError, type Loss, type OptimizerSettings } from '@dbloss/core'
import { checkHeadBatch, type HeadBatch } from './check-head-batch.ts'
import { headForwardGraph, headStepGraph } from './head-graph.ts'
import { nextName, type StateTensor, stepScalars } from './optimizer-graph.ts'
import { checkedOptimizer } from './optimizers.ts'
import type { Ort, OrtSession, OrtSessionOptions, OrtTensor } from './ort.ts'
import { type GraphPrecision, precisions, toPrecision } from './precision.ts'
import { constantSchedule, type Schedule } from './schedules.ts'

/** What {@link createHeadTrainer} needs. */
export interface HeadTrainerOptions {
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

/** Everything that training goes on from, for checkpoints: the number of steps done, and each tensor by name. */
export interface HeadTrainerState {
  readonly step: number
  readonly tensors: Readonly<Record<string, Float32Array | Float64Array>>
}

/** Trains a linear head; made by {@link createHeadTrainer}. */
export interface HeadTrainer {
  /** One optimizer step. Steps do not overlap: a call waits for the one before. */
  step(batch: HeadBatch): Promise<HeadStep>
  /** Logits, row-major [batchSize, classCount], of features, row-major [batchSize, featureCount]. */
  predict(features: ArrayLike<number>, batchSize: number): Promise<Float32Array | Float64Array>
  /** A copy of the parameters. */
  read(): HeadParameters
  /** A copy of the whole state. */
  state(): HeadTrainerState
  /** Goes on from a state of a trainer with the same sizes and optimizer. */
  restore(state: HeadTrainerState): void
  /** Frees the sessions. */
  dispose(): Promise<void>
}

/**
 * Trains a linear head with forward, loss, backward and optimizer in one ONNX graph, on any execution provider.
 *
 * @throws DblossError `argument` for sizes and optimizer settings out of range, `shape` when the loss or the initial
 * parameters have other sizes.
 *
 * @example
 * const trainer = await createHeadTrainer({ ort, loss, featureCount: 768, classCount: 80, optimizer: adamW({ learningRate: 3e-3 }) })
 * const { loss: value } = await trainer.step({ features, labels, batchSize: 128 })
 */
export async function createHeadTrainer(options: HeadTrainerOptions): Promise<HeadTrainer> {
  const { ort, loss, featureCount, classCount, precision = 'float32', initial, sessionOptions } = options
  checkNumber('featureCount', featureCount, { integer: true, minimum: 1 })
  checkNumber('classCount', classCount, { integer: true, minimum: 1 })
  if (loss.classCount !== undefined && loss.classCount !== classCount) {
    throw new DblossError('shape', `classCount is ${classCount} but the loss describes ${loss.classCount} classes`, {
      argument: 'classCount',
      found: classCount,
      expected: `${loss.classCount}`,
    })
  }
  const further = Object.keys(loss.inputs)
  if (further.length > 0) {
    throw new DblossError(
      'argument',
      `${loss.name} needs the inputs ${further.join(', ')}, which a head step has no place for`,
      {
        argument: 'loss',
        found: further,
        expected: 'a loss of logits and labels',
      },
    )
  }
  const optimizer = checkedOptimizer(options.optimizer)
  const size = { featureCount, classCount }
  const graph = headStepGraph(loss, size, optimizer, precision)
  const start = initialState(graph.state, initial)
  const session = await ort.InferenceSession.create(graph.model, sessionOptions)
  return new OnnxHeadTrainer({ ...options, optimizer, precision, session, stateTensors: graph.state, start })
}

/** The start of every state tensor: zeros, but for given parameters. */
function initialState(stateTensors: readonly StateTensor[], initial: HeadTrainerOptions['initial']): HeadTrainerState {
  const tensors = Object.fromEntries(
    stateTensors.map(({ name, shape }) => {
      const length = shape.reduce((product, dimension) => product * dimension, 1)
      const given = name === 'weights' ? initial?.weights : name === 'bias' ? initial?.bias : undefined
      if (given !== undefined) checkLength(`initial.${name}`, given, length)
      return [name, given === undefined ? new Float64Array(length) : Float64Array.from(given)]
    }),
  )
  return { step: 0, tensors }
}

function checkLength(argument: string, values: ArrayLike<number> | undefined, length: number): void {
  if (values?.length === length) return
  throw new DblossError('shape', `${argument} has ${values?.length ?? 'no'} values; expected ${length}`, {
    argument,
    found: values?.length,
    expected: `${length} values`,
  })
}

interface TrainerParts extends HeadTrainerOptions {
  readonly precision: GraphPrecision
  readonly session: OrtSession
  readonly stateTensors: readonly StateTensor[]
  readonly start: HeadTrainerState
}

class OnnxHeadTrainer implements HeadTrainer {
  readonly #parts: TrainerParts
  readonly #schedule: Schedule
  #step = 0
  #state: Record<string, OrtTensor> = {}
  #forward: OrtSession | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(parts: TrainerParts) {
    this.#parts = parts
    this.#schedule = parts.schedule ?? constantSchedule(parts.optimizer.learningRate)
    this.restore(parts.start)
  }

  async step(batch: HeadBatch): Promise<HeadStep> {
    checkHeadBatch(this.#parts, batch)
    const result = this.#queue.then(() => this.#run(batch))
    this.#queue = result.catch(() => undefined)
    return result
  }

  async #run({ features, labels, batchSize }: HeadBatch): Promise<HeadStep> {
    const { optimizer, session, featureCount, classCount, stateTensors } = this.#parts
    const learningRate = this.#schedule(this.#step)
    checkNumber('the learning rate of the schedule', learningRate, { minimum: 0 })
    const scalars = stepScalars(optimizer, learningRate, this.#step + 1)
    const numbers = Object.entries(scalars).filter(([name]) => session.inputNames.includes(name))
    const outputs = await session.run({
      ...this.#state,
      ...Object.fromEntries(numbers.map(([name, value]) => [name, this.#tensor([value], [])])),
      features: this.#tensor(features, [batchSize, featureCount]),
      labels: this.#tensor(labels, [batchSize, classCount]),
    })
    const previous = Object.values(this.#state)
    this.#state = Object.fromEntries(stateTensors.map(({ name }) => [name, outputs[nextName(name)]!]))
    for (const tensor of previous) tensor.dispose?.()
    this.#step++
    return { loss: scalarOf(outputs.loss!), gradientNorm: scalarOf(outputs.gradientNorm!), learningRate }
  }

  async predict(features: ArrayLike<number>, batchSize: number): Promise<Float32Array | Float64Array> {
    const { ort, featureCount, classCount, precision, sessionOptions } = this.#parts
    checkNumber('batchSize', batchSize, { integer: true, minimum: 1 })
    checkLength('features', features, batchSize * featureCount)
    this.#forward ??= await ort.InferenceSession.create(
      headForwardGraph({ featureCount, classCount }, precision),
      sessionOptions,
    )
    const { weights, bias } = this.#state
    const outputs = await this.#forward.run({
      features: this.#tensor(features, [batchSize, featureCount]),
      weights: weights!,
      bias: bias!,
    })
    return outputs.logits!.data as Float32Array | Float64Array
  }

  read(): HeadParameters {
    const { tensors } = this.state()
    return { weights: tensors.weights!, bias: tensors.bias! }
  }

  state(): HeadTrainerState {
    const copies = Object.entries(this.#state).map(
      ([name, tensor]) => [name, (tensor.data as Float32Array | Float64Array).slice()] as const,
    )
    return { step: this.#step, tensors: Object.fromEntries(copies) }
  }

  restore({ step, tensors }: HeadTrainerState): void {
    checkNumber('step', step, { integer: true, minimum: 0 })
    this.#state = Object.fromEntries(
      this.#parts.stateTensors.map(({ name, shape }) => {
        checkLength(
          `tensors.${name}`,
          tensors[name],
          shape.reduce((product, dimension) => product * dimension, 1),
        )
        return [name, this.#tensor(tensors[name]!.slice(), shape)]
      }),
    )
    this.#step = step
  }

  async dispose(): Promise<void> {
    await this.#queue
    await this.#parts.session.release?.()
    await this.#forward?.release?.()
    this.#forward = undefined
  }

  #tensor(values: ArrayLike<number>, dims: readonly number[]): OrtTensor {
    const { ort, precision } = this.#parts
    return new ort.Tensor(precisions[precision].tensor, toPrecision(values, precision), dims)
  }
}

function scalarOf(tensor: OrtTensor): number {
  return (tensor.data as Float32Array | Float64Array)[0]!
}
