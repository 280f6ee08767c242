import {
  type AttributeProto,
  DATA_TYPE,
  floatsOfHalves,
  type GraphProto,
  graphOf,
  type ModelProto,
  makeTensor,
  type NodeProto,
  type TensorProto,
  tensorData,
  type ValueInfoProto,
} from '../onnx/index.ts'

/**
 * The same model in float32 where it is in float16: half precision has too few digits and too small a range for gradients.
 * Weights go back to float16 when the model is saved. A model without float16 is given back as it is.
 */
export function inFloat32(model: ModelProto): ModelProto {
  const graph = graphOf(model)
  const isHalf = graph.initializer.some(({ dataType }) => dataType === DATA_TYPE.float16)
  return isHalf ? { ...model, graph: graphInFloat32(graph) } : model
}

function graphInFloat32(graph: GraphProto): GraphProto {
  return {
    ...graph,
    node: graph.node.map(nodeInFloat32),
    initializer: graph.initializer.map(tensorInFloat32),
    input: graph.input.map(infoInFloat32),
    output: graph.output.map(infoInFloat32),
    valueInfo: graph.valueInfo.map(infoInFloat32),
  }
}

function nodeInFloat32(node: NodeProto): NodeProto {
  const convert = (attribute: AttributeProto): AttributeProto => {
    const { name, t, g, graphs } = attribute
    return {
      ...attribute,
      ...(node.opType === 'Cast' && name === 'to' && attribute.i === BigInt(DATA_TYPE.float16)
        ? { i: BigInt(DATA_TYPE.float) }
        : {}),
      ...(t === undefined ? {} : { t: tensorInFloat32(t) }),
      ...(g === undefined ? {} : { g: graphInFloat32(g) }),
      ...(graphs === undefined ? {} : { graphs: graphs.map(graphInFloat32) }),
    }
  }
  return { ...node, attribute: node.attribute.map(convert) }
}

function tensorInFloat32(tensor: TensorProto): TensorProto {
  if (tensor.dataType !== DATA_TYPE.float16) return tensor
  return makeTensor(tensor.name ?? '', floatsOfHalves(tensorData(tensor) as Uint16Array), tensor.dims)
}

function infoInFloat32(info: ValueInfoProto): ValueInfoProto {
  const tensorType = info.type?.tensorType
  if (tensorType?.elemType !== DATA_TYPE.float16) return info
  return { ...info, type: { ...info.type, tensorType: { ...tensorType, elemType: DATA_TYPE.float } } }
}
