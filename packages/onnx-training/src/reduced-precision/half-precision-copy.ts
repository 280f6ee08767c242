import { type GraphProto, graphOf, type ModelProto } from '../onnx/index.ts'
import { copySource } from './copy-source.ts'
import { HalfPrecisionGraph } from './half-precision-graph.ts'

/**
 * A copy of a model that computes in float16, half of the size. Its inputs and outputs stay float32: `Cast` nodes stand at
 * the borders.
 *
 * Products with weights (MatMul, Gemm, Conv) are float16. Norms, softmax, sums over axes, powers, exponentials, logarithms and
 * transposes of activations are float32, and everything else is computed in the wider type of what it reads. Shapes
 * and what is computed from them, the scales of Resize, and constants that float16 cannot hold, as masks of −1e30 and
 * an ε of 1e-12, stay float32 with the nodes that read them; so do branches, loop bodies and operators of other domains.
 *
 * Activations may still grow beyond 65,504 when the copy runs: {@link withLargestProduct} tells.
 *
 * @param model - of opset 13 to 21. It is not changed; the copy shares tensors with it.
 * @throws DblossError `model` as {@link checkModel}, for a model that is quantised already, for weights of products beyond
 * ±65,504, naming them, and for branches and bodies whose outputs have no types.
 */
export function halfPrecisionCopy(model: ModelProto): ModelProto {
  const source = copySource(model)
  return { ...source, graph: inHalfPrecision(graphOf(source)) }
}

function inHalfPrecision(graph: GraphProto): GraphProto {
  const half = new HalfPrecisionGraph(graph)
  for (const node of graph.node) half.add(node)
  return half.finish()
}
