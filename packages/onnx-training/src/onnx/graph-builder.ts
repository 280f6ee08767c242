import { DblossError } from '@dbloss/core'
import { type AttributeValue, encodeAttribute } from './attribute.ts'
import { encodeModel } from './codec.ts'
import { isStandardDomain, valuesRead } from './model-graph.ts'
import { makeTensor, type TensorSource } from './tensor.ts'
import {
  DATA_TYPE,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type OperatorSetIdProto,
  type ValueInfoProto,
} from './types.ts'

/** The names of element types for inputs and outputs. */
export type ElementTypeName = keyof typeof DATA_TYPE

/** A dimension: a size, or the name of one that is known at run time. */
export type Dimension = number | string

/** The operator set that graphs are written for, unless told otherwise; every ONNX Runtime from 1.17 on runs it. */
export const OPSET = 17
const IR_VERSION = 8

/** The reductions of ONNX. */
export type ReductionOperator =
  `Reduce${'Sum' | 'Mean' | 'Max' | 'Min' | 'Prod' | 'L1' | 'L2' | 'LogSumExp' | 'SumSquare'}`

/** How to write a graph. */
export interface GraphBuilderOptions {
  /** The operator set of the nodes. Default {@link OPSET}. */
  readonly opset?: number
  /** The IR version of the file. Default 8. */
  readonly irVersion?: number
  /** Further operator sets, as those of fused nodes. Default: none. */
  readonly furtherOpsets?: readonly OperatorSetIdProto[]
}

/**
 * Builds an ONNX model node by node. Values are the names that the methods return.
 *
 * @example
 * const graph = new GraphBuilder('double')
 * const x = graph.input('x', 'float', ['batch', 3])
 * graph.output('y', graph.node('Mul', [x, graph.constant(Float32Array.of(2), [])]), 'float', ['batch', 3])
 * const bytes = graph.toBytes()
 */
export class GraphBuilder {
  readonly #name: string
  readonly #graph: GraphProto
  readonly #constants = new Map<string, string>()
  readonly #irVersion: number
  readonly #furtherOpsets: readonly OperatorSetIdProto[]
  /** The names of values, so that new ones differ from those of adopted nodes. */
  readonly #names = new Set<string>()
  #counter = 0
  /** The operator set that the nodes are written for. */
  readonly opset: number

  constructor(name: string, { opset = OPSET, irVersion = IR_VERSION, furtherOpsets = [] }: GraphBuilderOptions = {}) {
    this.#name = name
    this.#graph = { node: [], name, initializer: [], input: [], output: [], valueInfo: [] }
    this.#irVersion = irVersion
    this.#furtherOpsets = furtherOpsets
    this.opset = opset
  }

  /** A builder with the operator sets of a model, for nodes beside its own. */
  static like(name: string, { opsetImport, irVersion = IR_VERSION }: ModelProto): GraphBuilder {
    const isStandard = ({ domain }: OperatorSetIdProto) => isStandardDomain(domain)
    return new GraphBuilder(name, {
      opset: opsetImport.find(isStandard)?.version ?? OPSET,
      irVersion,
      furtherOpsets: opsetImport.filter((each) => !isStandard(each)),
    })
  }

  /**
   * Takes over nodes of another graph with their names, and the initializers and model inputs that they read; nothing is
   * copied.
   *
   * @param isGiven - values that are inputs here whatever they are there. Default: none.
   */
  adoptPart(
    { graph }: { readonly graph: GraphProto },
    nodes: readonly NodeProto[],
    isGiven: (name: string) => boolean = () => false,
  ): void {
    const read = new Set(nodes.flatMap(valuesRead))
    const isAdopted = ({ name = '' }: { readonly name?: string }) => read.has(name) && !isGiven(name)
    for (const node of nodes) {
      this.#graph.node.push(node)
      for (const name of node.output) this.#names.add(name)
    }
    for (const tensor of graph.initializer.filter(isAdopted)) {
      this.#graph.initializer.push(tensor)
      this.#names.add(tensor.name ?? '')
    }
    for (const info of graph.input.filter(isAdopted)) {
      if (this.#names.has(info.name ?? '')) continue
      this.#graph.input.push(info)
      this.#names.add(info.name ?? '')
    }
  }

  /** Declares an input; without a shape, of any. */
  input(name: string, type: ElementTypeName, shape?: readonly Dimension[]): string {
    this.#graph.input.push(valueInfo(name, type, shape))
    this.#names.add(name)
    return name
  }

  /** A named tensor of the model, such as weights. */
  initializer(name: string, data: TensorSource, dims: readonly number[]): string {
    if (this.#graph.initializer.some((existing) => existing.name === name)) {
      throw new DblossError('model', `the graph has an initializer '${name}' already`, {
        argument: 'name',
        found: name,
        expected: 'a new name',
      })
    }
    this.#graph.initializer.push(makeTensor(name, data, dims))
    this.#names.add(name)
    return name
  }

  /** A constant; equal ones are stored once. Prefer it to {@link initializer} where the name does not matter. */
  constant(data: TensorSource, dims: readonly number[]): string {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    // Large constants are not worth a key of their own size.
    const key =
      bytes.length > 256 ? undefined : `${Object.prototype.toString.call(data)} ${dims.join(',')} ${bytes.join(',')}`
    const known = key === undefined ? undefined : this.#constants.get(key)
    if (known !== undefined) return known
    const name = this.initializer(this.#fresh('constant'), data, dims)
    if (key !== undefined) this.#constants.set(key, name)
    return name
  }

  /** Integers, as shapes, axes and indices are given: [values.length], or a scalar for a number. */
  integers(values: number | readonly number[]): string {
    const list = typeof values === 'number' ? [values] : values
    return this.constant(BigInt64Array.from(list.map(BigInt)), typeof values === 'number' ? [] : [list.length])
  }

  /** Adds an operation with one output and returns its name. An input of '' is left out. */
  node(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    return this.nodes(opType, inputs, 1, attributes)[0]!
  }

  /** Adds an operation with several outputs. */
  nodes(
    opType: string,
    inputs: readonly string[],
    outputCount: number,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string[] {
    const output = Array.from({ length: outputCount }, () => this.#fresh(opType))
    this.#graph.node.push({
      input: [...inputs],
      output,
      name: output[0]!,
      opType,
      attribute: Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value)),
    })
    return output
  }

  /** A reduction over some axes; they became an input at an opset of their own for each operator. */
  reduce(
    operator: ReductionOperator,
    operand: string,
    axes: readonly number[],
    { keepDimensions = true }: { readonly keepDimensions?: boolean } = {},
  ): string {
    const keepdims = keepDimensions ? 1 : 0
    return this.opset >= (operator === 'ReduceSum' ? 13 : 18)
      ? this.node(operator, [operand, this.integers(axes)], { keepdims })
      : this.node(operator, [operand], { axes, keepdims })
  }

  /** Declares an output and gives a value its name; without a shape, of any. */
  output(name: string, value: string, type: ElementTypeName, shape?: readonly Dimension[]): void {
    this.#graph.node.push({ input: [value], output: [name], name, opType: 'Identity', attribute: [] })
    this.#graph.output.push(valueInfo(name, type, shape))
  }

  /** Adds an operation whose result is an output of the graph; later nodes may read it too, by its name. */
  result(
    name: string,
    opType: string,
    inputs: readonly string[],
    type: ElementTypeName,
    shape?: readonly Dimension[],
  ): string {
    this.#graph.node.push({ input: [...inputs], output: [name], name, opType, attribute: [] })
    this.#graph.output.push(valueInfo(name, type, shape))
    this.#names.add(name)
    return name
  }

  /** Makes a value an output under its own name; the runtime finds its type. */
  expose(value: string): void {
    this.#graph.output.push({ name: value })
  }

  /** The model as objects. */
  toModel(): ModelProto {
    return {
      irVersion: this.#irVersion,
      producerName: 'dbloss',
      graph: this.#graph,
      opsetImport: [{ domain: '', version: this.opset }, ...this.#furtherOpsets],
      metadataProps: [],
    }
  }

  /** The model as a file's content. */
  toBytes(): Uint8Array {
    return encodeModel(this.toModel())
  }

  #fresh(prefix: string): string {
    let name: string
    do name = `${this.#name}/${prefix}_${this.#counter++}`
    while (this.#names.has(name))
    return name
  }
}

/** The declaration of an input or output; without a shape, of any. */
export function valueInfo(name: string, type: ElementTypeName, shape?: readonly Dimension[]): ValueInfoProto {
  const elemType = DATA_TYPE[type]
  if (shape === undefined) return { name, type: { tensorType: { elemType } } }
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  return { name, type: { tensorType: { elemType, shape: { dim } } } }
}
