import { DblossError } from '@dbloss/core'
import { elementCount } from '../element-count.ts'
import { encodeAttribute } from '../onnx/attribute.ts'
import {
  type AttributeProto,
  DATA_TYPE,
  type GraphProto,
  graphOf,
  ModelGraph,
  type ModelProto,
  makeTensor,
  type NodeProto,
  type TensorProto,
  tensorData,
} from '../onnx/index.ts'
import { graphsOf } from '../onnx/walk-graphs.ts'
import { quantizeChannels } from './channel-quantization.ts'
import { copySource } from './copy-source.ts'
import { headWeights, isDepthwise, type ProductWeight, productWeights } from './products.ts'
import { unusedSuffix } from './unused-suffix.ts'

/** Smaller weights stay as they are: they save next to nothing. */
const SMALLEST = 1024

/**
 * A copy of a model with weights of 8 bits, a quarter of the size: the weights of MatMul, Gemm and Conv are int8 with one scale
 * an output channel, w ≈ scale_c · integer with integers from −127 to 127, and a standard `DequantizeLinear` gives them back
 * as float32 where the model runs, so that every execution provider takes the copy. All computation is in float32.
 *
 * These weights stay in float32: those with fewer than 1,024 numbers; those of depthwise convolutions, which are few, and whose
 * sums of a few products do not average errors out; and those of the classification head, whose errors go straight into
 * the logits. Branches and loop bodies are quantised too. A model in float16 is brought to float32 first.
 *
 * @param model - of opset 13 to 21. It is not changed; the copy shares tensors with it.
 * @throws DblossError `model` as {@link checkModel}, for a model that is quantised already, and for weights that are not
 * finite, naming them.
 */
export function eightBitCopy(model: ModelProto): ModelProto {
  const source = copySource(model)
  const graph = graphOf(source)
  const suffixes = { integers: unusedSuffix(graph, '/int8'), scales: unusedSuffix(graph, '/scale') }
  return { ...source, graph: inEightBits(graph, { head: headWeights(new ModelGraph(source)), suffixes }) }
}

interface Settings {
  /** The names of the weights of the head. */
  readonly head: ReadonlySet<string>
  readonly suffixes: { readonly integers: string; readonly scales: string }
}

function inEightBits(graph: GraphProto, settings: Settings): GraphProto {
  const chosen = weightsToQuantise(graph, settings.head)
  const nodes: NodeProto[] = []
  const initializer = graph.initializer.flatMap((tensor) => {
    const axis = chosen.get(tensor.name!)
    if (axis === undefined) return [tensor]
    const { node, tensors } = dequantised(tensor, axis, settings.suffixes)
    nodes.push(node)
    return tensors
  })
  const isLeft = ({ name = '' }: { readonly name?: string }) => !chosen.has(name)
  return {
    ...graph,
    initializer,
    // Older exporters list initializers among the inputs.
    input: graph.input.filter(isLeft),
    node: [...nodes, ...graph.node.map((node) => withBodies(node, settings))],
  }
}

function withBodies(node: NodeProto, settings: Settings): NodeProto {
  const attribute = node.attribute.map(
    (each): AttributeProto => ({
      ...each,
      ...(each.g && { g: inEightBits(each.g, settings) }),
      ...(each.graphs && { graphs: each.graphs.map((body) => inEightBits(body, settings)) }),
    }),
  )
  return { ...node, attribute }
}

/** The initializers of a graph to quantise, with their axes. Branches and bodies read those of the graph around them too. */
function weightsToQuantise(graph: GraphProto, head: ReadonlySet<string>): ReadonlyMap<string, number> {
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name ?? '', tensor]))
  const isChosen = ({ name }: ProductWeight): boolean => {
    const { dims, dataType } = tensors.get(name)!
    return dataType === DATA_TYPE.float && elementCount(dims) >= SMALLEST && !head.has(name)
  }
  const chosen = [...graphsOf(graph)].flatMap(({ node }) =>
    node.flatMap((each) => (isDepthwise(each, tensors) ? [] : productWeights(each, tensors).filter(isChosen))),
  )
  return new Map(chosen.map(({ name, axis }) => [name, axis]))
}

/** The tensors and the node that take the place of a weight: the node's result has the name of the weight. */
function dequantised(
  tensor: TensorProto,
  axis: number,
  suffixes: Settings['suffixes'],
): { node: NodeProto; tensors: TensorProto[] } {
  const { name = '', dims } = tensor
  const values = tensorData(tensor) as Float32Array
  const wrong = values.find((value) => !Number.isFinite(value))
  if (wrong !== undefined) {
    throw new DblossError('model', `the weights '${name}' hold ${wrong}; expected finite numbers`, {
      argument: name,
      found: wrong,
      expected: 'finite numbers',
    })
  }
  const { integers, scales } = quantizeChannels(values, dims, axis)
  const tensors = [
    makeTensor(`${name}${suffixes.integers}`, integers, dims),
    makeTensor(`${name}${suffixes.scales}`, scales, [scales.length]),
  ]
  const node: NodeProto = {
    opType: 'DequantizeLinear',
    input: tensors.map((each) => each.name!),
    output: [name],
    attribute: [encodeAttribute('axis', axis)],
  }
  return { node, tensors }
}
