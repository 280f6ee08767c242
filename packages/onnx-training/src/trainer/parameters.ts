import { elementCount } from '../element-count.ts'
import { DATA_TYPE, ModelGraph, type ModelProto, type NodeProto, type TensorProto } from '../onnx/index.ts'
import { inFloat32 } from './half-precision.ts'
import { untieWeights } from './untie.ts'

/** A weight of a model. */
export interface ModelParameter {
  /** The initializer that holds it. */
  readonly initializer: string
  /**
   * How patterns and messages know it: the initializer's name, or the place of the node that reads it when the exporter has
   * given a name without meaning, as `vit.encoder.layer.11.output.dense.weight`.
   */
  readonly name: string
  readonly shape: readonly number[]
}

/** Inputs that hold statistics or bounds, by operator: no weights. */
const fixedInputs: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [3, 4],
  Clip: [1, 2],
  Pad: [2],
  Pow: [1],
  Resize: [1, 2],
  Upsample: [1],
}

/** Names that exporters make up, as `onnx::MatMul_1234` or `1234`. */
const meaningless = /^(onnx::|\d+$|.*Constant(_\d+)?_output_\d+$)/

/**
 * The weights of a model in the order in which they are first read: its tensors of float32 or float64, but for statistics of
 * batch normalization, bounds, and single numbers.
 */
export function parametersOf({ graph, initializers }: ModelGraph): ModelParameter[] {
  const found = new Map<string, ModelParameter>()
  const excluded = new Set<string>()
  for (const node of graph.node) {
    node.input.forEach((name, index) => {
      const tensor = initializers.get(name)
      if (tensor === undefined || !isWeight(tensor)) return
      if (fixedInputs[node.opType ?? '']?.includes(index)) excluded.add(name)
      if (found.has(name)) return
      found.set(name, { initializer: name, name: readableName(name, node, index), shape: tensor.dims })
    })
  }
  return [...found.values()].filter(({ initializer }) => !excluded.has(initializer))
}

/**
 * The weights that a model has, those of float16 among them, with the names that patterns of `trainable` are compared with.
 *
 * @param model - decoded, as by `decodeModel` or `readModelFile`.
 */
export function modelParameters(model: ModelProto): ModelParameter[] {
  return parametersOf(new ModelGraph(inFloat32(untieWeights(model))))
}

function isWeight({ dataType, dims }: TensorProto): boolean {
  const isFloat = dataType === DATA_TYPE.float || dataType === DATA_TYPE.double
  return isFloat && elementCount(dims) > 1
}

function readableName(initializer: string, node: NodeProto, index: number): string {
  const scope = scopeOf(node)
  if (!meaningless.test(initializer) || scope === '') return initializer
  const isBias = index === 2 || (node.opType === 'Add' && initializer.includes('Add'))
  return `${scope}.${isBias ? 'bias' : 'weight'}`
}

/**
 * The module that a node belongs to, as PyTorch names it. Its exporter names the children of a `Sequential` by their whole
 * path: `/features/features.7/features.7.2/block/block.3/Conv` belongs to `features.7.2.block.3`.
 */
function scopeOf({ name = '' }: NodeProto): string {
  const parts = name.split('/').filter(Boolean).slice(0, -1)
  return parts.filter((part, index) => parts[index + 1]?.startsWith(`${part}.`) !== true).join('.')
}
