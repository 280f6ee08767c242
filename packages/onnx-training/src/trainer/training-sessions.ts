import type { Loss } from '@dbloss/core'
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
  gradientGraph,
  gradientName,
  LABELS,
  LOSS,
} from './training-graphs.ts'
import { elementTypeOf, type FrozenValues, frozenValuesOf, type TrainingPlan } from './training-plan.ts'

type Tensors = Readonly<Record<string, OrtTensor>>

/** The loss of a batch with its gradients, by the names that {@link gradientName} gives. */
export interface BatchGradients {
  readonly loss: number
  readonly gradients: Tensors
}

/** The sessions that compute logits, losses and gradients of checked samples; each is made when it is first needed. */
export class TrainingSessions {
  readonly #ort: Ort
  readonly #device: Device
  readonly #plan: TrainingPlan
  readonly #loss: Loss
  readonly #frozenValues: FrozenValues
  readonly #sessions = new Map<string, Promise<OrtSession>>()

  constructor(ort: Ort, device: Device, plan: TrainingPlan, loss: Loss) {
    this.#ort = ort
    this.#device = device
    this.#plan = plan
    this.#loss = loss
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
    for (const tensor of carried) tensor.dispose?.()
    return logits
  }

  /** The loss of a batch and its gradients with respect to the trained weights. */
  async gradients(
    samples: ModelInputs | FrozenActivations,
    labels: Float32Array | Float64Array,
    weights: Tensors,
  ): Promise<BatchGradients> {
    const { precision, segments } = this.#plan
    const frozen = await this.#frozenTensors(samples)
    const before = segments.slice(0, -1)
    const carried = await this.#forward(before, frozen, weights)
    const dims = [samples.batchSize, labels.length / samples.batchSize]
    const labelTensor = new this.#ort.Tensor(precisions[precision].tensor, toPrecision(labels, precision), dims)
    const gradients: Record<string, OrtTensor> = {}
    let loss = Number.NaN
    let seed: Tensors = { [LABELS]: labelTensor }
    for (const [index, segment] of [...segments.entries()].toReversed()) {
      const session = await this.#gradientSession(segment, index)
      const carriedIn = carried[index - 1]
      const outputs = await session.run({
        ...this.#feeds(segment, frozen, weights),
        ...(carriedIn === undefined ? {} : { [segment.carriedIn!]: carriedIn }),
        ...seed,
      })
      disposeAll(seed)
      carriedIn?.dispose?.()
      if (outputs[LOSS] !== undefined) loss = scalarOf(outputs[LOSS])
      for (const name of segment.parameters) gradients[gradientName(name)] = outputs[gradientName(name)]!
      seed = segment.carriedIn === undefined ? {} : { [CARRIED_GRADIENT]: outputs[gradientName(segment.carriedIn)]! }
    }
    return { loss, gradients }
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
    const outputs = [LOSS, ...[...segment.parameters, ...given].map(gradientName)]
    return this.#session(`gradient ${index}`, () =>
      this.#device.session(gradientGraph(this.#plan, segment, this.#loss), outputs, [LOSS]),
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
