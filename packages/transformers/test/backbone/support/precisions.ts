import {
  DATA_TYPE,
  decodeModel,
  encodeModel,
  GraphBuilder,
  graphOf,
  halvesOfFloats,
  type NodeProto,
  type TensorProto,
  tensorData,
} from '@dbloss/onnx-training'

/** Weights in float16 with an input and outputs in float32, as transformers.js's conversion script makes `model_fp16.onnx`. */
export function inHalfPrecision(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes)
  const graph = graphOf(model)
  const outputs = new Set(graph.output.map(({ name }) => name!))
  const inside = (name: string) => (name === 'pixel_values' || outputs.has(name) ? `${name}_half` : name)
  const inner = graph.node.map((node) => ({ ...node, input: node.input.map(inside), output: node.output.map(inside) }))
  const toHalf = cast('pixel_values', inside('pixel_values'), DATA_TYPE.float16)
  const toFloat = [...outputs].map((name) => cast(inside(name), name, DATA_TYPE.float))
  graph.node.splice(0, graph.node.length, toHalf, ...inner, ...toFloat)
  graph.initializer.splice(0, graph.initializer.length, ...graph.initializer.map(half))
  return encodeModel(model)
}

function cast(from: string, to: string, type: number): NodeProto {
  const graph = new GraphBuilder('cast')
  graph.node('Cast', [from], { to: type })
  return { ...graphOf(graph.toModel()).node[0]!, output: [to], name: `cast to ${to}` }
}

function half(tensor: TensorProto): TensorProto {
  if (tensor.dataType !== DATA_TYPE.float) return tensor
  const rawData = new Uint8Array(halvesOfFloats(tensorData(tensor) as Float32Array).buffer)
  return { name: tensor.name ?? '', dims: tensor.dims, dataType: DATA_TYPE.float16, rawData }
}

/**
 * Products with weights as products of 8-bit integers, as ONNX Runtime's dynamic quantisation writes them in
 * `model_quantized.onnx`: a Gemm becomes a MatMul and an Add first; the left side is quantised when the model runs.
 */
export function inEightBits(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes)
  const graph = graphOf(model)
  const weights = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  const node = graph.node.flatMap((each) => {
    const weight = weights.get(each.input[1])
    if (!['MatMul', 'Gemm'].includes(each.opType!) || weight?.dims.length !== 2) return [each]
    const added = new GraphBuilder(`quantised/${each.name}`)
    const isTransposed = each.attribute.some(({ name, i }) => name === 'transB' && i === 1n)
    const product = quantisedProduct(added, each.input[0]!, weight, isTransposed)
    const [last, ...before] = graphOf(added.toModel()).node.toReversed() as [NodeProto, ...NodeProto[]]
    graph.initializer.push(...graphOf(added.toModel()).initializer)
    if (each.opType === 'MatMul') return [...before.toReversed(), { ...last, output: each.output }]
    const bias = {
      ...last,
      input: [product, each.input[2]!],
      output: each.output,
      opType: 'Add',
      name: `${each.name} bias`,
    }
    return [...before.toReversed(), last, bias]
  })
  graph.node.splice(0, graph.node.length, ...node)
  return encodeModel(model)
}

function quantisedProduct(graph: GraphBuilder, x: string, weight: TensorProto, isTransposed: boolean): string {
  const [rows, columns] = (isTransposed ? weight.dims.toReversed() : weight.dims) as [number, number]
  const values = tensorData(weight) as Float32Array
  const at = (row: number, column: number) => values[isTransposed ? column * rows + row : row * columns + column]!
  const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  const zero = 128
  const integers = Uint8Array.from({ length: values.length }, (_, index) =>
    Math.round((127 * at(Math.floor(index / columns), index % columns)) / largest + zero),
  )
  const [quantised, scale, zeroPoint] = graph.nodes('DynamicQuantizeLinear', [x], 3) as [string, string, string]
  const product = graph.node('MatMulInteger', [
    quantised,
    graph.constant(integers, [rows, columns]),
    zeroPoint,
    graph.constant(Uint8Array.of(zero), []),
  ])
  const scales = graph.node('Mul', [scale, graph.constant(Float32Array.of(largest / 127), [])])
  return graph.node('Mul', [graph.node('Cast', [product], { to: DATA_TYPE.float }), scales])
}
