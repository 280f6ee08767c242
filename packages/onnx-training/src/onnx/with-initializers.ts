import { graphOf } from './model-graph.ts'
import type { ModelProto, TensorProto } from './types.ts'

/** A model with each of its initializers changed; all else is shared with the original. */
export function withInitializers(model: ModelProto, change: (tensor: TensorProto) => TensorProto): ModelProto {
  const graph = graphOf(model)
  return { ...model, graph: { ...graph, initializer: graph.initializer.map(change) } }
}
