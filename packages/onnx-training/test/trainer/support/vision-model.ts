import { GraphBuilder, type ModelProto } from '../../../src/index.ts'
import { randomValues } from './random-values.ts'
import { CLASSES } from './small-model.ts'

const WIDTH = 8
/** Images of 2 channels and 8 × 8 pixels. */
export const IMAGE = [2, 8, 8] as const

/**
 * A tiny vision transformer: patches by Conv, a stage of depthwise Conv with GELU, LayerNormalization, self-attention by
 * MatMul and Softmax, mean over the tokens, Gemm. Opset 17: GELU by Erf.
 */
export function visionModel(): ModelProto {
  const graph = new GraphBuilder('vision')
  let seed = 40
  const weight = (name: string, scale: number, ...dims: number[]) => {
    const count = dims.reduce((product, size) => product * size, 1)
    return graph.initializer(name, Float32Array.from(randomValues(count, ++seed, scale)), dims)
  }
  const number = (value: number) => graph.constant(Float32Array.of(value), [])
  const gelu = (value: string) => {
    const erf = graph.node('Erf', [graph.node('Div', [value, number(Math.SQRT2)])])
    return graph.node('Mul', [graph.node('Mul', [value, graph.node('Add', [erf, number(1)])]), number(0.5)])
  }
  const dense = (name: string, value: string) =>
    graph.node('Add', [
      graph.node('MatMul', [value, weight(`${name}.weight`, 0.5, WIDTH, WIDTH)]),
      weight(`${name}.bias`, 0.2, WIDTH),
    ])
  const norm = (name: string, value: string) =>
    graph.node('LayerNormalization', [value, weight(`${name}.weight`, 1, WIDTH), weight(`${name}.bias`, 0.2, WIDTH)])

  const x = graph.input('x', 'float', ['batch', ...IMAGE])
  const patches = graph.node(
    'Conv',
    [x, weight('patch.weight', 0.5, WIDTH, 2, 2, 2), weight('patch.bias', 0.2, WIDTH)],
    { strides: [2, 2] },
  )
  const kernel = [weight('stage.weight', 0.5, WIDTH, 1, 3, 3), weight('stage.bias', 0.2, WIDTH)]
  const stage = gelu(graph.node('Conv', [patches, ...kernel], { pads: [1, 1, 1, 1], group: WIDTH }))
  const tokens = graph.node('Transpose', [graph.node('Reshape', [stage, graph.integers([0, WIDTH, -1])])], {
    perm: [0, 2, 1],
  })
  const normalized = norm('norm', tokens)
  const keys = graph.node('Transpose', [dense('key', normalized)], { perm: [0, 2, 1] })
  const scores = graph.node('Div', [graph.node('MatMul', [dense('query', normalized), keys]), number(Math.sqrt(WIDTH))])
  const mixed = graph.node('MatMul', [graph.node('Softmax', [scores], { axis: -1 }), dense('value', normalized)])
  const block = graph.node('Add', [tokens, gelu(dense('mlp', mixed))])
  const pooled = graph.reduce('ReduceMean', block, [1], { keepDimensions: false })
  const head = [weight('head.weight', 0.5, WIDTH, CLASSES), weight('head.bias', 0.2, CLASSES)]
  graph.output('logits', graph.node('Gemm', [pooled, ...head]), 'float', ['batch', CLASSES])
  return graph.toModel()
}
