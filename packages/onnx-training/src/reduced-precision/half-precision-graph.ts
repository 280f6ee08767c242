import { DblossError } from '@dbloss/core'
import { elementCount } from '../element-count.ts'
import { encodeAttribute } from '../onnx/attribute.ts'
import {
  DATA_TYPE,
  type GraphProto,
  isStandardDomain,
  type NodeProto,
  type TensorProto,
  tensorData,
  valuesRead,
} from '../onnx/index.ts'
import { makeHalfTensor } from '../onnx/tensor.ts'
import { float32Values } from './float32-values.ts'
import { float32Inputs, float32Operators, LARGEST_HALF, LEAST_HALF } from './mixed-precision.ts'
import { isProduct } from './products.ts'
import { unusedSuffix } from './unused-suffix.ts'

/** Larger constants are weights, which are float16 by themselves; smaller ones take the type of what they meet. */
const SMALLEST_WEIGHT = 256

/**
 * Writes a graph anew with products in float16. A value in float32 keeps its name, and has a name with a suffix in float16: so
 * what stays float32 stays as it is, branches and bodies with it. A value is made in one of the two types, and cast to the other
 * where that is read.
 */
export class HalfPrecisionGraph {
  readonly #source: GraphProto
  readonly #floats: ReadonlySet<string>
  readonly #tensors: ReadonlyMap<string, TensorProto>
  readonly #suffix: string
  /** Values that are float16 from where they are made. */
  readonly #madeInHalf = new Set<string>()
  /** Small constants that may be read in either type. */
  readonly #eitherType = new Set<string>()
  /** Initializers, and what is computed from them alone. */
  readonly #constants: Set<string>
  /** The names, with and without suffix, that exist in the new graph. */
  readonly #existing = new Set<string>()
  readonly #nodes: NodeProto[] = []
  readonly #initializers: TensorProto[] = []

  /** @throws DblossError `model` as {@link float32Values}. */
  constructor(source: GraphProto) {
    this.#source = source
    this.#floats = float32Values(source)
    this.#suffix = unusedSuffix(source, '/half')
    this.#tensors = new Map(source.initializer.map((tensor) => [tensor.name ?? '', tensor]))
    this.#constants = new Set(this.#tensors.keys())
    for (const [name, tensor] of this.#tensors) {
      if (!this.#floats.has(name) || !fitsHalf(tensor)) continue
      if (elementCount(tensor.dims) >= SMALLEST_WEIGHT) this.#madeInHalf.add(name)
      else this.#eitherType.add(name)
    }
    for (const { name = '' } of this.#inputs()) {
      this.#existing.add(name)
      // The border: what is computed from the input starts in float16.
      if (this.#floats.has(name)) this.#madeInHalf.add(name)
    }
  }

  /** Takes over the next node of the source. */
  add(node: NodeProto): void {
    const isHalf = this.#isComputedInHalf(node)
    if (!isHalf) for (const name of valuesRead(node)) this.#inFloat(name)
    this.#nodes.push(isHalf ? this.#halfNode(node) : node)
    const isConstant = valuesRead(node).every((name) => this.#constants.has(name))
    for (const name of node.output) {
      if (isConstant) this.#constants.add(name)
      const isMadeInHalf = isHalf && this.#floats.has(name)
      if (isMadeInHalf) this.#madeInHalf.add(name)
      this.#existing.add(isMadeInHalf ? this.#halfName(name) : name)
    }
  }

  /** The new graph, whose outputs are float32 under their names. */
  finish(): GraphProto {
    for (const { name = '' } of this.#source.output) this.#inFloat(name)
    // What the source says of values between would be wrong for those in float16.
    const valueInfo = this.#source.valueInfo.filter(({ name = '' }) => !this.#floats.has(name))
    const others = this.#source.initializer.filter(({ name = '' }) => !this.#floats.has(name))
    const initializer = [...others, ...this.#initializers]
    return { ...this.#source, input: this.#inputs(), node: this.#nodes, initializer, valueInfo }
  }

  /** Older exporters list initializers among the inputs. */
  #inputs(): GraphProto['input'] {
    return this.#source.input.filter(({ name = '' }) => !this.#tensors.has(name))
  }

  #halfName(name: string): string {
    return `${name}${this.#suffix}`
  }

  #isComputedInHalf(node: NodeProto): boolean {
    const { opType = '', domain, attribute, input } = node
    const hasBodies = attribute.some(({ g, graphs = [] }) => g !== undefined || graphs.length > 0)
    if (!isStandardDomain(domain) || hasBodies || float32Operators.has(opType)) return false
    if (opType === 'Transpose' && !this.#constants.has(input[0]!)) return false
    const read = input.filter((name, index) => this.#floats.has(name) && !isFloat32Input(node, index))
    const hasHalf = read.some((name) => this.#madeInHalf.has(name))
    return (
      hasHalf && (isProduct(node) || read.every((name) => this.#madeInHalf.has(name) || this.#eitherType.has(name)))
    )
  }

  #halfNode(node: NodeProto): NodeProto {
    const input = node.input.map((name, index) => {
      if (this.#floats.has(name) && !isFloat32Input(node, index)) return this.#inHalf(name)
      this.#inFloat(name)
      return name
    })
    const output = node.output.map((name) => (this.#floats.has(name) ? this.#halfName(name) : name))
    const castsToFloat = node.opType === 'Cast' && this.#floats.has(node.output[0]!)
    return {
      ...node,
      input,
      output,
      ...(castsToFloat ? { attribute: [encodeAttribute('to', DATA_TYPE.float16)] } : {}),
    }
  }

  /** The name of a value in float16, which is made if need be. */
  #inHalf(name: string): string {
    const half = this.#halfName(name)
    if (this.#existing.has(half)) return half
    this.#existing.add(half)
    const tensor = this.#tensors.get(name)
    if (tensor === undefined) this.#cast(name, half, DATA_TYPE.float16)
    else this.#initializers.push(halfTensor(tensor, half))
    return half
  }

  /** Makes a value that is float32 in the source in float32, if need be. */
  #inFloat(name: string): void {
    if (!this.#floats.has(name) || this.#existing.has(name)) return
    this.#existing.add(name)
    const tensor = this.#tensors.get(name)
    if (tensor === undefined) this.#cast(this.#halfName(name), name, DATA_TYPE.float)
    else this.#initializers.push(tensor)
  }

  #cast(from: string, to: string, type: number): void {
    const attribute = [encodeAttribute('to', type)]
    this.#nodes.push({ opType: 'Cast', input: [from], output: [to], attribute })
  }
}

function isFloat32Input({ opType = '' }: NodeProto, index: number): boolean {
  return float32Inputs[opType]?.includes(index) ?? false
}

/** Whether float16 holds every number; of a single number, also whether it stays apart from 0. */
function fitsHalf(tensor: TensorProto): boolean {
  const values = tensorData(tensor) as Float32Array
  if (values.length === 1 && values[0] !== 0 && Math.abs(values[0]!) <= LEAST_HALF) return false
  return values.every((value) => Math.abs(value) <= LARGEST_HALF)
}

/** @throws DblossError `model` for weights that float16 does not hold. */
function halfTensor(tensor: TensorProto, name: string): TensorProto {
  const values = tensorData(tensor) as Float32Array
  const wrong = values.find((value) => !(Math.abs(value) <= LARGEST_HALF))
  if (wrong === undefined) return makeHalfTensor(name, values, tensor.dims)
  const found = `the weights '${tensor.name}' hold ${wrong}`
  const expected = `numbers from −${LARGEST_HALF} to ${LARGEST_HALF}, which float16 holds`
  throw new DblossError('model', `${found}; expected ${expected}`, { argument: tensor.name ?? '', found, expected })
}
