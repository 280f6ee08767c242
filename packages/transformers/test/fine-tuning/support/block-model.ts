import { GraphBuilder } from '@dbloss/onnx-training'
import { numbers } from '../../support/models.ts'

/** The length of the feature vectors. */
export const width = 12

/** A base export of three residual blocks with random weights that bear the names of blocks, and a pooler. */
export function blockModel(): Uint8Array {
  const graph = new GraphBuilder('blocks')
  const pixels = graph.input('pixel_values', 'float', ['batch', 3, 'height', 'width'])
  const kernel = graph.initializer('embeddings.weight', numbers(width * 3 * 16, 1), [width, 3, 4, 4])
  const map = graph.node('Conv', [pixels, kernel], { strides: [4, 4], kernel_shape: [4, 4] })
  const flat = graph.node('Reshape', [map, graph.integers([0, width, -1])])
  let tokens = graph.node('Transpose', [flat], { perm: [0, 2, 1] })
  for (const block of [0, 1, 2]) {
    const weights = graph.initializer(`encoder.layer.${block}.weight`, numbers(width * width, 10 + block), [
      width,
      width,
    ])
    const bias = graph.initializer(`encoder.layer.${block}.bias`, numbers(width, 20 + block), [width])
    const inner = graph.node('Tanh', [graph.node('Add', [graph.node('MatMul', [tokens, weights]), bias])])
    tokens = graph.node('Add', [tokens, inner])
  }
  const channels = graph.node('Transpose', [tokens], { perm: [0, 2, 1] })
  const pooled = graph.node('Flatten', [graph.node('GlobalAveragePool', [channels])], { axis: 1 })
  graph.output('pooler_output', pooled, 'float', ['batch', width])
  return graph.toBytes()
}
