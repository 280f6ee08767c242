import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '@dbloss/core'
import { GraphBuilder } from '@dbloss/onnx-training'

const side = 16
/** The length of the feature vectors of the models here. */
export const featureCount = 8
/** The classes of the classifier models here. */
export const classCount = 5

/** Reproducible numbers on [−1, 1). */
export function numbers(length: number, seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length }, () => 2 * random.next() - 1)
}

/** A model that takes `pixel_values`; `build` gets its input, adds nodes and declares outputs. */
export function model(build: (graph: GraphBuilder, pixels: string) => void): Uint8Array {
  const graph = new GraphBuilder('test')
  build(graph, graph.input('pixel_values', 'float', ['batch', 3, side, side]))
  return graph.toBytes()
}

/** A random convolution with stride 4: a map [batch, featureCount, 4, 4] of numbers ≥ 0. */
export function patchMap(graph: GraphBuilder, pixels: string): string {
  const kernel = graph.constant(numbers(featureCount * 3 * 16, 1), [featureCount, 3, 4, 4])
  return graph.node('Relu', [graph.node('Conv', [pixels, kernel], { strides: [4, 4], kernel_shape: [4, 4] })])
}

/** The mean of the map: [batch, featureCount]. */
export function pooled(graph: GraphBuilder, pixels: string): string {
  return graph.node('Flatten', [graph.node('GlobalAveragePool', [patchMap(graph, pixels)])], { axis: 1 })
}

/** Tokens as a vision transformer gives them: [batch, 17, featureCount], the first one standing for the image. */
export function tokens(graph: GraphBuilder, pixels: string): string {
  const flat = graph.node('Reshape', [patchMap(graph, pixels), graph.integers([0, featureCount, -1])])
  const patches = graph.node('Transpose', [flat], { perm: [0, 2, 1] })
  const strongest = graph.node('ReduceMax', [patches], { axes: [1], keepdims: 1 })
  return graph.node('Concat', [strongest, patches], { axis: 1 })
}

/** A base export with `pooler_output`. */
export function poolerModel(): Uint8Array {
  return model((graph, pixels) => {
    graph.output('pooler_output', pooled(graph, pixels), 'float', ['batch', featureCount])
  })
}

/** A base export of tokens: `last_hidden_state` of rank 3. */
export function tokenModel(): Uint8Array {
  return model((graph, pixels) => {
    graph.output('last_hidden_state', tokens(graph, pixels), 'float', ['batch', 'sequence', featureCount])
  })
}

/** A base export of a map: `last_hidden_state` of rank 4. */
export function mapModel(): Uint8Array {
  return model((graph, pixels) => {
    graph.output('last_hidden_state', patchMap(graph, pixels), 'float', ['batch', featureCount, 4, 4])
  })
}

/** A classifier export, `logits` from the pooled features by the head that `addHead` builds. */
export function classifier(addHead: (graph: GraphBuilder, features: string) => string): Uint8Array {
  return model((graph, pixels) => {
    graph.output('logits', addHead(graph, pooled(graph, pixels)), 'float', ['batch', classCount])
  })
}

export const preprocessor = {
  do_resize: true,
  size: { height: side, width: side },
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.5, 0.5, 0.5],
  image_processor_type: 'ViTImageProcessor',
}

/** Writes a model in the folder layout of transformers.js. */
export function writeModel(folder: string, bytes: Uint8Array, config: Record<string, unknown> = {}): string {
  mkdirSync(join(folder, 'onnx'), { recursive: true })
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ model_type: 'vit', architectures: ['ViTModel'], ...config }),
  )
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(preprocessor, undefined, 1))
  writeFileSync(join(folder, 'onnx', 'model.onnx'), bytes)
  return folder
}
