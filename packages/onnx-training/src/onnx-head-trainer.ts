import { checkNumber } from '@dbloss/core'
import { checkHeadBatch, type HeadBatch } from './check-head-batch.ts'
import { elementCount } from './element-count.ts'
import { firstNotFinite } from './first-not-finite.ts'
import { freeTensors } from './free-tensors.ts'
import { headForwardGraph } from './head-graph.ts'
import { checkLength } from './head-state.ts'
import type { HeadParameters, HeadStep, HeadTrainer, HeadTrainerOptions, HeadTrainerState } from './head-trainer.ts'
import { type LossInputs, lossInputTensors } from './loss-inputs.ts'
import { nextName, type StateTensor, stepScalars } from './optimizer-graph.ts'
import type { OrtSession, OrtTensor } from './ort.ts'
import { type GraphPrecision, precisions, toPrecision } from './precision.ts'
import { constantSchedule, type Schedule } from './schedules.ts'
import { SerialCalls } from './serial-calls.ts'
import type { ComputedStep, StepInputs } from './step-inputs.ts'
import { checkFinite, scalarOf } from './step-results.ts'

/** What the trainer works with, checked. */
export interface TrainerParts extends HeadTrainerOptions {
  readonly precision: GraphPrecision
  readonly session: OrtSession
  readonly stateTensors: readonly StateTensor[]
  readonly start: HeadTrainerState
  readonly inputs: StepInputs
}

/** What the graph of a step is fed with of a batch, and what a kernel knows already. */
interface BatchFeeds {
  readonly feeds: Readonly<Record<string, OrtTensor>>
  readonly loss?: number
  readonly logits?: OrtTensor
}

/** The trainer that owns the session of the step and the tensors that go round through it. */
export class OnnxHeadTrainer implements HeadTrainer {
  readonly #parts: TrainerParts
  readonly #schedule: Schedule
  #step = 0
  #state: Readonly<Record<string, OrtTensor>> = {}
  #forward: OrtSession | undefined
  /** What a kernel fills, at every step. */
  #gradient = new Float32Array()
  readonly #calls = new SerialCalls('trainer')

  constructor(parts: TrainerParts) {
    this.#parts = parts
    this.#schedule = parts.schedule ?? constantSchedule(parts.optimizer.learningRate)
    this.#advance(this.#tensorsOf(parts.start), parts.start.step)
  }

  async step(batch: HeadBatch): Promise<HeadStep> {
    this.#calls.checkUsable()
    checkHeadBatch(this.#parts, batch)
    return this.#calls.inTurn(() => this.#parts.inputs.run([batch], ([inputs]) => this.#compute(batch, inputs!)))
  }

  #advance(next: Readonly<Record<string, OrtTensor>>, step: number): void {
    freeTensors(Object.values(this.#state))
    this.#state = next
    this.#step = step
  }

  async #compute(batch: HeadBatch, inputs: LossInputs): Promise<ComputedStep<HeadStep>> {
    const { optimizer, session, stateTensors } = this.#parts
    const learningRate = this.#schedule(this.#step)
    checkNumber('the learning rate of the schedule', learningRate, { minimum: 0 })
    const scalars = stepScalars(optimizer, learningRate, this.#step + 1)
    const numbers = Object.entries(scalars).filter(([name]) => session.inputNames.includes(name))
    const { feeds, loss, logits: computed } = await this.#batchFeeds(batch, inputs)
    const outputs = await session.run({
      ...this.#state,
      ...Object.fromEntries(numbers.map(([name, value]) => [name, this.#tensor([value], [])])),
      ...feeds,
    })
    const gradientNorm = scalarOf(outputs.gradientNorm!)
    const report = { loss: loss ?? scalarOf(outputs.loss!), gradientNorm, learningRate }
    const next = Object.fromEntries(stateTensors.map(({ name }) => [name, outputs[nextName(name)]!]))
    try {
      checkFinite(report, this.#step + 1)
    } catch (error) {
      freeTensors(Object.values(next))
      throw error
    }
    const logits = [computed ?? outputs.logits].filter((tensor) => tensor !== undefined)
    return {
      report,
      logits: logits.map(({ data }) => data as Float32Array | Float64Array),
      take: () => {
        freeTensors(logits)
        this.#advance(next, this.#step + 1)
      },
    }
  }

  /** What a step reads of a batch: features, labels and inputs, or features and the derivative that a kernel has computed. */
  async #batchFeeds({ features, labels, batchSize }: HeadBatch, inputs: LossInputs): Promise<BatchFeeds> {
    const { ort, loss, precision, kernel, featureCount, classCount, inputs: source } = this.#parts
    const input = this.#tensor(features, [batchSize, featureCount])
    const shape = [batchSize, classCount]
    if (kernel === undefined) {
      const further = lossInputTensors(ort, loss, precision, inputs, { batchSize, classCount })
      return { feeds: { features: input, labels: this.#tensor(labels, shape), ...further } }
    }
    const tensor = await this.#logits(input)
    const logits = tensor.data as Float32Array
    if (this.#gradient.length !== logits.length) this.#gradient = new Float32Array(logits.length)
    try {
      // A step that has diverged is told by its loss, as without a kernel.
      const hasDiverged = firstNotFinite(logits) >= 0
      const value = hasDiverged ? Number.NaN : kernel.evaluate(logits, labels, this.#gradient, { inputs })
      const feeds = { features: input, dLogits: this.#tensor(this.#gradient, shape) }
      return { feeds, loss: value, ...(source.needsLogits ? { logits: tensor } : {}) }
    } finally {
      if (!source.needsLogits) freeTensors([tensor])
    }
  }

  async predict(features: ArrayLike<number>, batchSize: number): Promise<Float32Array | Float64Array> {
    this.#calls.checkUsable()
    checkNumber('batchSize', batchSize, { integer: true, minimum: 1 })
    checkLength('features', features, batchSize * this.#parts.featureCount)
    return this.#calls.inTurn(() => this.#predict(features, batchSize))
  }

  async #predict(features: ArrayLike<number>, batchSize: number): Promise<Float32Array | Float64Array> {
    const logits = await this.#logits(this.#tensor(features, [batchSize, this.#parts.featureCount]))
    return logits.data as Float32Array | Float64Array
  }

  async #logits(features: OrtTensor): Promise<OrtTensor> {
    const { ort, featureCount, classCount, precision, sessionOptions } = this.#parts
    this.#forward ??= await ort.InferenceSession.create(
      headForwardGraph({ featureCount, classCount }, precision),
      sessionOptions,
    )
    const { weights, bias } = this.#state
    const outputs = await this.#forward.run({ features, weights: weights!, bias: bias! })
    return outputs.logits!
  }

  read(): HeadParameters {
    const { tensors } = this.state()
    return { weights: tensors.weights!, bias: tensors.bias! }
  }

  state(): HeadTrainerState {
    this.#calls.checkUsable()
    const copies = Object.entries(this.#state).map(
      ([name, tensor]) => [name, (tensor.data as Float32Array | Float64Array).slice()] as const,
    )
    return { step: this.#step, tensors: Object.fromEntries(copies), ...this.#parts.inputs.state() }
  }

  restore(state: HeadTrainerState): void {
    this.#calls.checkUsable()
    this.#calls.checkIdle('restored')
    const tensors = this.#tensorsOf(state)
    this.#parts.inputs.restore(state)
    this.#advance(tensors, state.step)
  }

  #tensorsOf({ step, tensors }: HeadTrainerState): Record<string, OrtTensor> {
    checkNumber('step', step, { integer: true, minimum: 0 })
    return Object.fromEntries(
      this.#parts.stateTensors.map(({ name, shape }) => {
        checkLength(`tensors.${name}`, tensors[name], elementCount(shape))
        return [name, this.#tensor(tensors[name]!.slice(), shape)]
      }),
    )
  }

  async dispose(): Promise<void> {
    await this.#calls.close(async () => {
      await this.#parts.session.release?.()
      await this.#forward?.release?.()
      this.#forward = undefined
      freeTensors(Object.values(this.#state))
    })
  }

  #tensor(values: ArrayLike<number>, dims: readonly number[]): OrtTensor {
    const { ort, precision } = this.#parts
    return new ort.Tensor(precisions[precision].tensor, toPrecision(values, precision), dims)
  }
}
