import { freeTensors } from '../free-tensors.ts'
import { type LossInputs, lossInputTensors } from '../loss-inputs.ts'
import { nextName } from '../optimizer-graph.ts'
import type { Ort, OrtData, OrtSession, OrtTensor } from '../ort.ts'
import { precisions, toPrecision } from '../precision.ts'
import { disposeAll, scalarOf } from '../step-results.ts'
import { type FrozenActivations, type ModelInputs, sampleTensors } from './batches.ts'
import type { Device } from './device.ts'
import type { Segment } from './segments.ts'
import {
  CARRIED_GRADIENT,
  forwardGraph,
  frozenGraph,
  type GraphLoss,
  gradientGraph,
  LABELS,
  LOGITS,
  LOSS,
  stepGraph,
} from './training-graphs.ts'
import { elementTypeOf, type FrozenValues, frozenValuesOf, type TrainingPlan } from './training-plan.ts'
import { gradientName, NORMS, stateOf, type UpdateOptions, updateGraph } from './update-graph.ts'

type Tensors = Readonly<Record<string, OrtTensor>>

/** What the loss of a batch is computed from besides the logits. */
export interface Targets {
  readonly labels: Float32Array | Float64Array
  readonly inputs: LossInputs
}

/** The loss of a batch with its gradients, by the names that {@link gradientName} gives. */
export interface BatchGradients {
  readonly loss: number
  /** Those of the batch, or of each batch; none but where {@link GraphLoss.givesLogits}. */
  readonly logits: readonly OrtTensor[]
  readonly gradients: Tensors
}

/** The sessions that compute logits, losses and gradients of checked samples; each is made when it is first needed. */
export class TrainingSessions {
  readonly #ort: Ort
  readonly #device: Device
  readonly #plan: TrainingPlan
  readonly #loss: GraphLoss
  readonly #update: UpdateOptions
  readonly #frozenValues: FrozenValues
  readonly #sessions = new Map<string, Promise<OrtSession>>()

  constructor(ort: Ort, device: Device, plan: TrainingPlan, loss: GraphLoss, update: UpdateOptions) {
    this.#ort = ort
    this.#device = device
    this.#plan = plan
    this.#loss = loss
    this.#update = update
    this.#frozenValues = frozenValuesOf(plan)
  }

  /** Runs the frozen part and reads what it gives. */
  async precompute(inputs: ModelInputs): Promise<FrozenActivations> {
    const tensors = await this.#frozenTensors(inputs)
    const activations = Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => !this.#frozenValues.sizes.includes(name))
        // A copy: a value that is given is the caller's array.
        .map(([name, tensor]) => [name, (tensor.data as OrtData).slice()]),
    )
    return { activations, batchSize: inputs.batchSize }
  }

  /** Logits, row-major [batchSize, classCount]. */
  async predict(samples: ModelInputs | FrozenActivations, weights: Tensors): Promise<Float32Array | Float64Array> {
    const frozen = await this.#frozenTensors(samples)
    const carried = await this.#forward(this.#plan.segments, frozen, weights)
    const logits = (carried.at(-1)!.data as Float32Array | Float64Array).slice()
    freeTensors(carried)
    return logits
  }

  /** The loss of a batch and its gradients with respect to the trained weights. */
  async gradients(
    samples: ModelInputs | FrozenActivations,
    targets: Targets,
    weights: Tensors,
  ): Promise<BatchGradients> {
    const { segments } = this.#plan
    const frozen = await this.#frozenTensors(samples)
    const before = segments.slice(0, -1)
    const carried = await this.#forward(before, frozen, weights)
    const gradients: Record<string, OrtTensor> = {}
    let loss = Number.NaN
    const logits: OrtTensor[] = []
    let seed: Tensors = this.#targets(targets, samples.batchSize)
    for (const [index, segment] of [...segments.entries()].toReversed()) {
      const session = await this.#gradientSession(segment, index)
      const carriedIn = carried[index - 1]
      const outputs = await session.run({
        ...this.#feeds(segment, frozen, weights),
        ...(carriedIn === undefined ? {} : { [segment.carriedIn!]: carriedIn }),
        ...seed,
      })
      disposeAll(seed)
      if (carriedIn !== undefined) freeTensors([carriedIn])
      if (outputs[LOSS] !== undefined) loss = scalarOf(outputs[LOSS])
      if (outputs[LOGITS] !== undefined) logits.push(outputs[LOGITS])
      for (const name of segment.parameters) gradients[gradientName(name)] = outputs[gradientName(name)]!
      seed = segment.carriedIn === undefined ? {} : { [CARRIED_GRADIENT]: outputs[gradientName(segment.carriedIn)]! }
    }
    return { loss, logits, gradients }
  }

  /**
   * One step of the optimizer on one batch, of a trained part of one stretch.
   *
   * @param feeds - the state, and the numbers of the step.
   * @returns the state after the step by {@link nextName}, its norms, the loss by {@link LOSS}, and perhaps {@link LOGITS}.
   */
  async step(samples: ModelInputs | FrozenActivations, targets: Targets, feeds: Tensors): Promise<Tensors> {
    const [segment] = this.#plan.segments
    const session = await this.#session('step', () =>
      this.#stepSession(stepGraph(this.#plan, this.#loss, this.#update), this.#results()),
    )
    const frozen = await this.#frozenTensors(samples)
    const given = { ...feeds, ...this.#feeds(segment!, frozen, feeds), ...this.#targets(targets, samples.batchSize) }
    return session.run(needed(session, given))
  }

  /**
   * One step of the optimizer from gradients.
   *
   * @param feeds - the gradients, the state, and the numbers of the step.
   * @returns the state after the step by {@link nextName} and its norms.
   */
  async update(feeds: Tensors): Promise<Tensors> {
    const session = await this.#session('update', () => this.#stepSession(updateGraph(this.#update), []))
    return session.run(needed(session, feeds))
  }

  #stepSession(model: Uint8Array, results: readonly string[]): Promise<OrtSession> {
    const state = stateOf(this.#update).map(({ name }) => nextName(name))
    const read = [...NORMS, ...results]
    return this.#device.session(model, [...state, ...read], read)
  }

  async dispose(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).release?.()
    this.#sessions.clear()
  }

  /** What each stretch hands on, in order. */
  async #forward(segments: readonly Segment[], frozen: Tensors, weights: Tensors): Promise<OrtTensor[]> {
    const carried: OrtTensor[] = []
    for (const [index, segment] of segments.entries()) {
      const { carriedOut, carriedIn } = segment
      const session = await this.#session(`forward ${index}`, () =>
        this.#device.session(
          forwardGraph(this.#plan, segment),
          [carriedOut],
          carriedOut === this.#plan.output ? [carriedOut] : [],
        ),
      )
      const outputs = await session.run({
        ...this.#feeds(segment, frozen, weights),
        ...(carriedIn === undefined ? {} : { [carriedIn]: carried.at(-1)! }),
      })
      carried.push(outputs[carriedOut]!)
    }
    return carried
  }

  #gradientSession(segment: Segment, index: number): Promise<OrtSession> {
    const given = segment.carriedIn === undefined ? [] : [segment.carriedIn]
    const results = segment.carriedOut === this.#plan.output ? this.#results() : []
    const outputs = [...results, ...[...segment.parameters, ...given].map(gradientName)]
    return this.#session(`gradient ${index}`, () =>
      this.#device.session(gradientGraph(this.#plan, segment, this.#loss), outputs, results),
    )
  }

  #feeds({ frozen: names, parameters }: Segment, frozen: Tensors, weights: Tensors): Tensors {
    return Object.fromEntries([
      ...names.map((name) => [name, frozen[name]!] as const),
      ...parameters.map((name) => [name, weights[name]!] as const),
    ])
  }

  async #frozenTensors(samples: ModelInputs | FrozenActivations): Promise<Tensors> {
    const { given, computed, sizes } = this.#frozenValues
    const sizeTensors = Object.fromEntries(sizes.map((name) => [name, this.#sizeTensor(name, samples.batchSize)]))
    const inputs = sampleTensors(this.#ort, this.#plan, samples)
    if ('activations' in samples) return { ...inputs, ...sizeTensors }
    const own = Object.fromEntries(given.map((name) => [name, inputs[name]!]))
    if (computed.length === 0) return { ...own, ...sizeTensors }
    const session = await this.#session('frozen', () => this.#device.session(frozenGraph(this.#plan)))
    const feeds = Object.fromEntries(session.inputNames.map((name) => [name, inputs[name]!]))
    const outputs = await session.run(feeds)
    return { ...own, ...Object.fromEntries(computed.map((name) => [name, outputs[name]!])), ...sizeTensors }
  }

  #targets({ labels, inputs }: Targets, batchSize: number): Tensors {
    const { precision } = this.#plan
    const classCount = labels.length / batchSize
    const values = toPrecision(labels, precision)
    return {
      [LABELS]: new this.#ort.Tensor(precisions[precision].tensor, values, [batchSize, classCount]),
      ...lossInputTensors(this.#ort, this.#loss.loss, precision, inputs, { batchSize, classCount }),
    }
  }

  /** What is read of the graph that computes the loss. */
  #results(): string[] {
    return this.#loss.givesLogits ? [LOSS, LOGITS] : [LOSS]
  }

  #sizeTensor(name: string, batchSize: number): OrtTensor {
    const { probed } = this.#plan
    const values = probed.integersAt.get(name)!(batchSize)
    const dims = probed.values.shape(name) as readonly number[]
    return elementTypeOf(this.#plan, name) === 'int32'
      ? new this.#ort.Tensor('int32', Int32Array.from(values), dims)
      : new this.#ort.Tensor('int64', BigInt64Array.from(values.map(BigInt)), dims)
  }

  #session(key: string, make: () => Promise<OrtSession>): Promise<OrtSession> {
    let session = this.#sessions.get(key)
    if (session === undefined) {
      session = make()
      this.#sessions.set(key, session)
      // A session that could not be made is tried anew by the next call.
      session.catch(() => this.#sessions.delete(key))
    }
    return session
  }
}

/** The feeds that a session takes: which numbers a step needs depends on its optimizer. */
function needed({ inputNames }: OrtSession, feeds: Tensors): Tensors {
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => inputNames.includes(name)))
}
