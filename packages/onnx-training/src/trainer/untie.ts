import { ATTRIBUTE_TYPE, graphOf, type ModelProto, type NodeProto, type TensorProto } from '../onnx/index.ts'

/**
 * A model whose weights are initializers of their own: exporters store equal weights once and hand them on through
 * `Identity`, and some keep weights in `Constant` nodes. Each becomes an initializer with the name that its readers know.
 * The model itself is not changed; tensors share their data.
 */
export function untieWeights(model: ModelProto): ModelProto {
  const graph = graphOf(model)
  const weights = new Map(graph.initializer.map((tensor) => [tensor.name ?? '', tensor]))
  const outputs = new Set(graph.output.map(({ name }) => name))
  const added: TensorProto[] = []
  const node = graph.node.filter((each) => {
    const tensor = outputs.has(each.output[0]) ? undefined : tensorHandedOn(each, weights)
    if (tensor === undefined) return true
    const own = { ...tensor, name: each.output[0]! }
    weights.set(own.name, own)
    added.push(own)
    return false
  })
  return { ...model, graph: { ...graph, node, initializer: [...graph.initializer, ...added] } }
}

function tensorHandedOn(node: NodeProto, weights: ReadonlyMap<string, TensorProto>): TensorProto | undefined {
  if (node.opType === 'Identity') return weights.get(node.input[0]!)
  if (node.opType !== 'Constant') return undefined
  return node.attribute.find(({ name, type }) => name === 'value' && type === ATTRIBUTE_TYPE.t)?.t
}
