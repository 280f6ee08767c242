import { graphOf, ModelGraph, type ModelProto, valueInfo, valuesRead } from '@dbloss/onnx-training'

/**
 * The part of a model that computes one value: that value is the only output, and nodes and initializers that it does not
 * need are left out. The model itself is not changed; tensors are shared.
 *
 * @param value a [batch, features] value of the graph.
 * @throws DblossError `model` when the nodes have no order in which they can run.
 */
export function partComputing(model: ModelProto, value: string, featureCount: number | string): ModelProto {
  const graph = graphOf(model)
  const node = new ModelGraph(model).nodesBehind([value])
  const needed = new Set([value, ...node.flatMap(valuesRead)])
  const isNeeded = ({ name }: { readonly name?: string }) => needed.has(name ?? '')
  return {
    ...model,
    graph: {
      ...graph,
      node,
      initializer: graph.initializer.filter(isNeeded),
      valueInfo: graph.valueInfo.filter((info) => isNeeded(info) && info.name !== value),
      input: graph.input.filter(isNeeded),
      output: [valueInfo(value, 'float', ['batch', featureCount])],
    },
  }
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
