import { DblossError } from '@dbloss/core'
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '@dbloss/onnx-training'
import { valueInfo } from '@dbloss/onnx-training'

/** The graph of a model; models that were decoded always have one. */
export function graphOf(model: ModelProto): GraphProto {
  if (model.graph === undefined) throw new DblossError('model', 'the model has no graph; expected an ONNX model')
  return model.graph
}

/** The node that makes each value. */
export function producersOf(graph: GraphProto): ReadonlyMap<string, NodeProto> {
  return new Map(graph.node.flatMap((node) => node.output.map((output) => [output, node] as const)))
}

/** How a message names a node: its operation and its name, or its output where it has none. */
export function describeNode(node: NodeProto): string {
  return `${node.opType} '${node.name || node.output[0]}'`
}

/**
 * The part of a model that computes one value: that value is the only output, and nodes and initializers that it does not
 * need are left out. The model itself is not changed; tensors are shared.
 *
 * @param value a [batch, features] value of the graph.
 */
export function partComputing(model: ModelProto, value: string, featureCount: number | string): ModelProto {
  const graph = graphOf(model)
  const producers = producersOf(graph)
  const needed = new Set<string>()
  const nodes = new Set<NodeProto>()
  const open = [value]
  while (open.length > 0) {
    const name = open.pop()!
    if (needed.has(name)) continue
    needed.add(name)
    const node = producers.get(name)
    if (node === undefined || nodes.has(node)) continue
    nodes.add(node)
    open.push(...valuesRead(node))
  }
  const isNeeded = ({ name }: { readonly name?: string }) => needed.has(name ?? '')
  return {
    ...model,
    graph: {
      ...graph,
      node: graph.node.filter((node) => nodes.has(node)),
      initializer: graph.initializer.filter(isNeeded),
      valueInfo: graph.valueInfo.filter((info) => isNeeded(info) && info.name !== value),
      input: graph.input.filter(isNeeded),
      output: [valueInfo(value, 'float', ['batch', featureCount])],
    },
  }
}

/** The values that a node reads, also those that its branches and loop bodies take from outside. */
function valuesRead(node: NodeProto): string[] {
  const bodies = node.attribute.flatMap(({ g, graphs = [] }) => (g === undefined ? graphs : [g, ...graphs]))
  return [...node.input.filter((name) => name !== ''), ...bodies.flatMap((body) => body.node.flatMap(valuesRead))]
}

/** A model with the nodes and initializers of an addition after its own. */
export function extended(model: ModelProto, addition: ModelProto): ModelProto {
  const graph = graphOf(model)
  const added = graphOf(addition)
  return {
    ...model,
    graph: {
      ...graph,
      node: [...graph.node, ...added.node],
      initializer: [...graph.initializer, ...added.initializer],
      output: added.output.length > 0 ? added.output : graph.output,
    },
  }
}

/**
 * @throws DblossError `model` when a tensor lies in another file: the saved model would lack it.
 */
export function refuseExternalData(graph: GraphProto, name: string): void {
  const tensors = graph.node.flatMap((node) => node.attribute.flatMap(({ t }) => (t === undefined ? [] : [t])))
  const external = [...graph.initializer, ...tensors].find((tensor: TensorProto) => tensor.dataLocation === 1)
  if (external === undefined) return
  throw new DblossError(
    'model',
    `${name} keeps its weights in another file (as ${external.name}), which is not supported; expected them inside model.onnx`,
    { argument: 'model', found: 'external data', expected: 'a model in one file' },
  )
}
