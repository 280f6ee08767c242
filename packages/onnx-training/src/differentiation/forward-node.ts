import { DblossError } from '@dbloss/core'
import { describeNode, type NodeProto } from '../onnx/index.ts'
import type { ValueShape } from './shapes.ts'
import type { ValueTable } from './value-table.ts'

/** A value of the forward pass. */
export interface ForwardValue {
  readonly name: string
  readonly shape: ValueShape
}

/** A node of the forward pass, as gradient rules see it. */
export class ForwardNode {
  readonly #node: NodeProto
  readonly #values: ValueTable
  readonly #outputGradients: readonly (string | undefined)[]
  readonly #active: ReadonlySet<string>

  /**
   * @param outputGradients - in the order of the outputs; at least one is there.
   * @param active - the values that depend on those to differentiate by.
   */
  constructor(
    node: NodeProto,
    values: ValueTable,
    outputGradients: readonly (string | undefined)[],
    active: ReadonlySet<string>,
  ) {
    this.#node = node
    this.#values = values
    this.#outputGradients = outputGradients
    this.#active = active
  }

  get operator(): string {
    return this.#node.opType ?? ''
  }

  /** How messages name the node. */
  get description(): string {
    return describeNode(this.#node)
  }

  get inputCount(): number {
    return this.#node.input.length
  }

  get outputCount(): number {
    return this.#node.output.length
  }

  /** Whether an optional input is given. */
  hasInput(index: number): boolean {
    return (this.#node.input[index] ?? '') !== ''
  }

  /** @throws DblossError `model` when it is not given. */
  input(index: number): ForwardValue {
    if (!this.hasInput(index)) throw this.refusal(`it has no input ${index}`, `an input ${index}`)
    return this.#value(this.#node.input[index]!)
  }

  output(index = 0): ForwardValue {
    return this.#value(this.#node.output[index]!)
  }

  /** The gradient with respect to an output; of a node with one output it is always there. */
  outputGradient(index: number): string | undefined {
    return this.#outputGradients[index]
  }

  /**
   * The gradient with respect to the first output.
   *
   * @throws DblossError `model` when only further outputs, as statistics, are used.
   */
  get gradient(): string {
    const gradient = this.#outputGradients[0]
    if (gradient !== undefined) return gradient
    throw this.refusal('only its further outputs are used', 'its first output to be used')
  }

  /** The values of an integer input that the rule has declared as settled; nothing when it is not given. */
  integers(inputIndex: number): number[] | undefined {
    return this.hasInput(inputIndex) ? this.#values.integers(this.#node.input[inputIndex]!) : undefined
  }

  /** The numbers of an input that is a constant; nothing where it is computed or trained. */
  constantNumbers(inputIndex: number): readonly number[] | undefined {
    const name = this.#node.input[inputIndex] ?? ''
    return this.#active.has(name) ? undefined : this.#values.constantNumbers(name)
  }

  /** An integer attribute. */
  integerAttribute(name: string): number | undefined {
    const { i } = this.#attribute(name) ?? {}
    return i === undefined ? undefined : Number(i)
  }

  /** An attribute that is a list of integers. */
  integersAttribute(name: string): number[] | undefined {
    return this.#attribute(name)?.ints?.map(Number)
  }

  floatAttribute(name: string): number | undefined {
    return this.#attribute(name)?.f
  }

  stringAttribute(name: string): string | undefined {
    const { s } = this.#attribute(name) ?? {}
    return s === undefined ? undefined : new TextDecoder().decode(s)
  }

  /** The error for a form of the operator that has no gradient. */
  refusal(found: string, expected: string): DblossError {
    return new DblossError('model', `${this.description} cannot be differentiated: ${found}; expected ${expected}`, {
      argument: 'model',
      found,
      expected,
    })
  }

  #attribute(name: string) {
    return this.#node.attribute.find((attribute) => attribute.name === name)
  }

  #value(name: string): ForwardValue {
    return { name, shape: this.#values.shape(name) }
  }
}
