import type { GraphProto, TensorProto } from './types.ts'

/** A graph, and the branches and loop bodies inside it. */
export function* graphsOf(graph: GraphProto): Generator<GraphProto> {
  yield graph
  for (const node of graph.node) {
    for (const { g, graphs = [] } of node.attribute) {
      if (g !== undefined) yield* graphsOf(g)
      for (const body of graphs) yield* graphsOf(body)
    }
  }
}

/** The tensors of a graph and of those inside it: initializers and attributes. */
export function* tensorsOf(graph: GraphProto): Generator<TensorProto> {
  for (const { initializer, node } of graphsOf(graph)) {
    yield* initializer
    for (const { attribute } of node) {
      for (const { t, tensors = [] } of attribute) {
        if (t !== undefined) yield t
        yield* tensors
      }
    }
  }
}
