import { isStandardDomain, type ModelGraph, type NodeProto, type TensorProto, valuesRead } from '../onnx/index.ts'

/** A weight of a product, and the axis that counts the outputs of the product: its channels. */
export interface ProductWeight {
  readonly name: string
  readonly axis: number
}

/** The operators whose work is multiplying by weights. */
const products = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose', 'Einsum'])

/** Whether a node multiplies and adds up. */
export function isProduct({ opType = '', domain }: NodeProto): boolean {
  return isStandardDomain(domain) && products.has(opType)
}

/** The weights of a MatMul, Gemm or Conv, among tensors by their names. */
export function productWeights(node: NodeProto, tensors: ReadonlyMap<string, TensorProto>): ProductWeight[] {
  if (!isStandardDomain(node.domain)) return []
  const [left = '', right = ''] = node.input
  const rankOf = (name: string) => tensors.get(name)?.dims.length ?? 0
  switch (node.opType) {
    case 'MatMul':
      return [
        ...(rankOf(left) < 2 ? [] : [{ name: left, axis: rankOf(left) - 2 }]),
        ...(rankOf(right) < 2 ? [] : [{ name: right, axis: rankOf(right) - 1 }]),
      ]
    case 'Gemm':
      return rankOf(right) === 0 ? [] : [{ name: right, axis: integerOf(node, 'transB') === 1 ? 0 : 1 }]
    case 'Conv':
      return rankOf(right) === 0 ? [] : [{ name: right, axis: 0 }]
    default:
      return []
  }
}

/** Whether a node is a convolution of each channel with kernels of its own. */
export function isDepthwise(node: NodeProto, tensors: ReadonlyMap<string, TensorProto>): boolean {
  return node.opType === 'Conv' && integerOf(node, 'group') > 1 && tensors.get(node.input[1]!)?.dims[1] === 1
}

/**
 * The weights of classification heads: of the one Gemm or MatMul by weights that all ways to an output lead through last. An
 * output that several are added up for, as the last hidden state of a transformer, has no head.
 */
export function headWeights({ graph, producers, initializers }: ModelGraph): ReadonlySet<string> {
  const heads = graph.output.flatMap(({ name = '' }) => {
    const last = new Set<NodeProto>()
    const seen = new Set<string>()
    const open = [name]
    while (open.length > 0) {
      const value = open.pop()!
      const node = producers.get(value)
      if (node === undefined || seen.has(value)) continue
      seen.add(value)
      if (productWeights(node, initializers).length > 0) last.add(node)
      else for (const read of valuesRead(node)) open.push(read)
    }
    const [head] = last
    return head === undefined || last.size > 1 || head.opType === 'Conv' ? [] : productWeights(head, initializers)
  })
  return new Set(heads.map(({ name }) => name))
}

function integerOf({ attribute }: NodeProto, name: string): number {
  return Number(attribute.find((each) => each.name === name)?.i ?? 0)
}
