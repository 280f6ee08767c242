import { type ModelGraph, type ModelProto, makeTensor } from '../onnx/index.ts'

/** A model with other values of some weights; all else is shared with the original. */
export function withWeights(
  { model, graph }: ModelGraph,
  weights: ReadonlyMap<string, Float32Array | Float64Array>,
): ModelProto {
  const initializer = graph.initializer.map((tensor) => {
    const values = weights.get(tensor.name!)
    return values === undefined ? tensor : makeTensor(tensor.name!, values, tensor.dims)
  })
  return { ...model, graph: { ...graph, initializer } }
}
