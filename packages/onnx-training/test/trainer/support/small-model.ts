import { GraphBuilder, type GraphPrecision, type ModelProto } from '../../../src/index.ts'
import { precisions, toPrecision } from '../../../src/precision.ts'
import { randomValues } from './random-values.ts'

/** The sizes of {@link smallModel}. */
export const FEATURES = 4
export const WIDTH = 6
export const CLASSES = 3

/** Its weights, in order. */
export const smallModelWeights = [
  'stem.weight',
  'stem.bias',
  'blocks.0.norm.weight',
  'blocks.0.norm.bias',
  'blocks.0.dense.weight',
  'blocks.0.dense.bias',
  'head.weight',
  'head.bias',
] as const

/**
 * x [batch, 4] → h = tanh(x · stem + bias) → h + sigmoid(LayerNorm(h) · dense + bias) → Gemm → logits [batch, 3]. All of
 * it has float64 kernels.
 */
export function smallModel(precision: GraphPrecision = 'float64', width = WIDTH): ModelProto {
  const graph = new GraphBuilder('small')
  const { element } = precisions[precision]
  let seed = 0
  const weight = (name: string, ...dims: number[]) => {
    const count = dims.reduce((product, size) => product * size, 1)
    return graph.initializer(name, toPrecision(randomValues(count, ++seed), precision), dims)
  }
  const dense = (name: string, value: string, rows: number, columns: number) =>
    graph.node('Add', [
      graph.node('MatMul', [value, weight(`${name}.weight`, rows, columns)]),
      weight(`${name}.bias`, columns),
    ])
  const x = graph.input('x', element, ['batch', FEATURES])
  const stem = graph.node('Tanh', [dense('stem', x, FEATURES, width)])
  const norm = [weight('blocks.0.norm.weight', width), weight('blocks.0.norm.bias', width)]
  const normalized = graph.node('LayerNormalization', [stem, ...norm])
  const block = graph.node('Add', [stem, graph.node('Sigmoid', [dense('blocks.0.dense', normalized, width, width)])])
  const head = [weight('head.weight', width, CLASSES), weight('head.bias', CLASSES)]
  graph.output('logits', graph.node('Gemm', [block, ...head]), element, ['batch', CLASSES])
  return {
    ...graph.toModel(),
    metadataProps: [{ key: 'license', value: 'of the test' }],
    docString: 'a small model',
  }
}
