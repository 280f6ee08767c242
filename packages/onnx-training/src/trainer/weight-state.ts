import { checkNumber } from '@dbloss/core'
import { elementCount } from '../element-count.ts'
import { freeTensors } from '../free-tensors.ts'
import { checkLength } from '../head-state.ts'
import type { StateTensor } from '../optimizer-graph.ts'
import type { Ort, OrtTensor } from '../ort.ts'
import { type GraphPrecision, precisions, toPrecision } from '../precision.ts'
import type { Device } from './device.ts'
import type { TrainerState } from './trainer.ts'

/** The tensors that go round through the steps: weights, moments and averages, wherever they lie. */
export class WeightState {
  readonly #ort: Ort
  readonly #device: Device
  readonly #precision: GraphPrecision
  readonly #declared: readonly StateTensor[]
  #tensors: Readonly<Record<string, OrtTensor>> = {}
  #step = 0

  constructor(ort: Ort, device: Device, precision: GraphPrecision, declared: readonly StateTensor[]) {
    this.#ort = ort
    this.#device = device
    this.#precision = precision
    this.#declared = declared
  }

  get tensors(): Readonly<Record<string, OrtTensor>> {
    return this.#tensors
  }

  /** The number of steps done. */
  get step(): number {
    return this.#step
  }

  get names(): string[] {
    return this.#declared.map(({ name }) => name)
  }

  /** Takes over the tensors that a step has given. */
  advance(next: Readonly<Record<string, OrtTensor>>): void {
    freeTensors(Object.values(this.#tensors))
    this.#tensors = next
    this.#step++
  }

  /** A copy. */
  async read(): Promise<TrainerState> {
    const tensors: Record<string, Float32Array | Float64Array> = {}
    for (const [name, tensor] of Object.entries(this.#tensors)) tensors[name] = await this.#device.read(tensor)
    return { step: this.#step, tensors }
  }

  /**
   * A copy of a state, to {@link replace} this one.
   *
   * @throws DblossError `shape` for tensors of other sizes, `argument` for a step that is no number of steps.
   */
  checked({ step, tensors }: TrainerState): TrainerState {
    checkNumber('step', step, { integer: true, minimum: 0 })
    const copies = this.#declared.map(({ name, shape }) => {
      checkLength(`tensors['${name}']`, tensors[name], elementCount(shape))
      return [name, tensors[name]!.slice()] as const
    })
    return { step, tensors: Object.fromEntries(copies) }
  }

  /** Begins anew with these arrays, which are its own from now on. */
  replace({ step, tensors }: TrainerState): void {
    const { tensor: type } = precisions[this.#precision]
    const replaced = this.#declared.map(({ name, shape }) => {
      return [name, new this.#ort.Tensor(type, toPrecision(tensors[name]!, this.#precision), shape)] as const
    })
    freeTensors(Object.values(this.#tensors))
    this.#tensors = Object.fromEntries(replaced)
    this.#step = step
  }

  dispose(): void {
    freeTensors(Object.values(this.#tensors))
    this.#tensors = {}
  }
}
