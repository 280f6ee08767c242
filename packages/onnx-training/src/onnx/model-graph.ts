import { DblossError } from '@dbloss/core'
import type { GraphProto, ModelProto, NodeProto, TensorProto } from './types.ts'

/** Whether operators of a domain are those of ONNX itself. */
export function isStandardDomain(domain = ''): boolean {
  return domain === '' || domain === 'ai.onnx'
}

/** The graph of a model; models that were decoded always have one. */
export function graphOf(model: ModelProto): GraphProto {
  if (model.graph === undefined) throw new DblossError('model', 'the model has no graph; expected an ONNX model')
  return model.graph
}

/** How a message names a node: its operation and its name, or its output where it has none. */
export function describeNode(node: NodeProto): string {
  return `${node.opType} '${node.name || node.output[0]}'`
}

/** The values that a node reads, also those that its branches and loop bodies take from outside. */
export function valuesRead(node: NodeProto): string[] {
  const bodies = node.attribute.flatMap(({ g, graphs = [] }) => (g === undefined ? graphs : [g, ...graphs]))
  return [...node.input.filter((name) => name !== ''), ...bodies.flatMap((body) => body.node.flatMap(valuesRead))]
}

/** A graph with its values by name, for walks over it. */
export class ModelGraph {
  readonly model: ModelProto
  readonly graph: GraphProto
  /** The node that makes each value. */
  readonly producers: ReadonlyMap<string, NodeProto>
  readonly initializers: ReadonlyMap<string, TensorProto>

  /** @throws DblossError `model` when the graph has no order: a value that is read before it is made, or made twice. */
  constructor(model: ModelProto) {
    this.model = model
    this.graph = graphOf(model)
    this.initializers = new Map(this.graph.initializer.map((tensor) => [tensor.name ?? '', tensor]))
    this.producers = checkedProducers(this.graph)
  }

  /** The version of the standard operators. */
  get opset(): number {
    return this.model.opsetImport.find(({ domain }) => isStandardDomain(domain))?.version ?? 1
  }

  /** The nodes that some values are computed by, in the order of the graph. */
  nodesBehind(values: Iterable<string>): NodeProto[] {
    const needed = new Set<NodeProto>()
    const open = [...values]
    while (open.length > 0) {
      const node = this.producers.get(open.pop()!)
      if (node === undefined || needed.has(node)) continue
      needed.add(node)
      // One by one: a call takes no more arguments than the stack has room for.
      for (const value of valuesRead(node)) open.push(value)
    }
    return this.graph.node.filter((node) => needed.has(node))
  }
}

/** @throws DblossError `model`. */
function checkedProducers({ node: nodes, initializer, input }: GraphProto): ReadonlyMap<string, NodeProto> {
  const producers = new Map<string, NodeProto>()
  const made = new Set([...initializer, ...input].map(({ name }) => name))
  for (const node of nodes) {
    const unknown = node.input.find((name) => name !== '' && !made.has(name))
    if (unknown !== undefined) {
      throw disorder(`${describeNode(node)} reads '${unknown}', which no node before it makes`)
    }
    for (const output of node.output) {
      if (output === '') continue
      if (made.has(output)) throw disorder(`'${output}' is made twice, the second time by ${describeNode(node)}`)
      made.add(output)
      producers.set(output, node)
    }
  }
  return producers
}

function disorder(found: string): DblossError {
  return new DblossError('model', `${found}; expected nodes in an order in which they can run`, {
    argument: 'model',
    found,
    expected: 'a graph without cycles, in topological order',
  })
}
