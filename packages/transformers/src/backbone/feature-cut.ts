import { DblossError } from '@dbloss/core'
import { describeNode, type ModelGraph, type NodeProto } from '@dbloss/onnx-training'

/** Where a classifier's head was found. */
export interface HeadCut {
  /** The value that the head reads: the features. */
  readonly features: string
  /** The Gemm, MatMul or MatMulInteger of the head. */
  readonly node: NodeProto
}

/** Operations after the linear layer that do not make it another head. */
const passedThrough = new Set(['Identity', 'Dropout', 'Cast', 'Flatten', 'Reshape', 'Squeeze', 'Softmax', 'Sigmoid'])
/** Operations that only hand weights on. */
const weightViews = new Set(['Identity', 'Transpose', 'Cast', 'DequantizeLinear'])
/** Operations that a search for the reason of a refusal looks through. */
const afterConvolution = new Set([
  ...passedThrough,
  ...['GlobalAveragePool', 'AveragePool', 'ReduceMean', 'Relu', 'Clip', 'BatchNormalization'],
])

/**
 * Finds the linear layer that makes a classifier's logits: going back from the output through operations such as Dropout,
 * Identity and Reshape, a Gemm with constant weights, or a MatMul with constant weights and perhaps an Add of the bias. A
 * MatMul may be of 8-bit integers, with an input that is quantised when the model runs.
 *
 * @param output the name of the logits.
 * @throws DblossError `model`, naming the node, for convolutional heads, for models that join several heads (distilled
 * ones), and for anything else.
 */
export function findHead({ producers, initializers }: ModelGraph, output: string): HeadCut {
  const isConstant = (value: string): boolean => {
    let origin = value
    for (;;) {
      if (initializers.has(origin)) return true
      const node = producers.get(origin)
      if (node === undefined || !weightViews.has(node.opType!)) return node?.opType === 'Constant'
      origin = node.input[0]!
    }
  }

  let value = output
  let biasAdd: NodeProto | undefined
  for (;;) {
    const node = producers.get(value)
    if (node === undefined) throw refusal(`no node computes '${value}'`)
    const operands = node.input.filter((name) => name !== '' && !isConstant(name))
    const hasConstantWeights = operands.length === 1 && operands[0] === node.input[0] && isConstant(node.input[1] ?? '')
    if (node.opType === 'MatMul' && hasConstantWeights) return { features: operands[0]!, node }
    if (node.opType === 'Gemm' && hasConstantWeights && biasAdd === undefined && isPlainInput(node)) {
      return { features: operands[0]!, node }
    }
    const quantised = quantisedProduct(node, producers)
    if (quantised !== undefined && isConstant(quantised.node.input[1]!)) return quantised
    if (operands.length > 1) {
      throw refusal(`${describeNode(node)} joins ${operands.length} computed values, as a model with two heads does`)
    }
    if (node.opType === 'Add' && biasAdd === undefined && operands.length === 1) {
      biasAdd = node
      value = operands[0]!
      continue
    }
    if (passedThrough.has(node.opType!) && biasAdd === undefined) {
      value = node.input[0]!
      continue
    }
    throw refusal(reasonAt(node, producers))
  }
}

/** A product of integers, brought back to its scale: `Mul(Cast(MatMulInteger(x, W)), scales)`, where x is quantised features. */
function quantisedProduct(node: NodeProto, producers: ReadonlyMap<string, NodeProto>): HeadCut | undefined {
  const inputOf = (reader: NodeProto | undefined, opType: string): NodeProto | undefined => {
    const origin = producers.get(reader?.input[0] ?? '')
    return origin?.opType === opType ? origin : undefined
  }
  const product = node.opType === 'Mul' ? inputOf(inputOf(node, 'Cast'), 'MatMulInteger') : undefined
  const quantisation = inputOf(product, 'DynamicQuantizeLinear')
  return product && quantisation && { features: quantisation.input[0]!, node: product }
}

/** A Gemm that transposes its input reads features that are not [batch, features]. */
function isPlainInput(gemm: NodeProto): boolean {
  return !gemm.attribute.some(({ name, i }) => name === 'transA' && i === 1n)
}

function reasonAt(node: NodeProto, producers: ReadonlyMap<string, NodeProto>): string {
  let reached: NodeProto | undefined = node
  while (reached !== undefined && afterConvolution.has(reached.opType!)) reached = producers.get(reached.input[0]!)
  if (reached?.opType === 'Conv') return `its head is the convolution ${describeNode(reached)}`
  return `its head ends in ${describeNode(node)}`
}

function refusal(reason: string): DblossError {
  return new DblossError(
    'model',
    `the model's head is not recognised: ${reason}; expected a Gemm or MatMul (and Add)`,
    {
      argument: 'model',
      found: reason,
      expected: 'logits from one Gemm, or MatMul and Add',
    },
  )
}
