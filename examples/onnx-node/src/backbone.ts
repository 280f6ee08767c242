import { createRandom, type Random } from '@dbloss/core'
import { matchedFilters } from '@dbloss/example-demo/backbone/matched-filters'
import { GraphBuilder, type ModelProto } from '@dbloss/onnx-training'
import { cutPatches, patchSize } from './patches.ts'

/** What {@link smallBackbone} needs. */
export interface BackboneOptions {
  /** Pictures without labels, which the filters of the stem are taken from: row-major [N, 3, size, size]. */
  readonly pixels: Float32Array
  /** Width and height of the pictures: a multiple of 8. */
  readonly pictureSize: number
  readonly classCount: number
  readonly seed: number
}

/** Channels between the blocks, and inside a block. */
const [width, inner] = [96, 32]
/** Answers of the stem below one standard deviation count as silence. */
const threshold = 1

/**
 * A small vision model in place of one that was trained elsewhere: pixel_values [batch, 3, size, size] → a stem with filters
 * that were found without labels → two residual blocks with random weights → the largest value of each channel → a linear
 * head with random weights → logits [batch, classCount].
 */
export function smallBackbone({ pixels, pictureSize, classCount, seed }: BackboneOptions): ModelProto {
  const random = createRandom(seed)
  const graph = new GraphBuilder('backbone')
  const randomWeight = (name: string, dims: readonly number[], deviation: number) =>
    graph.initializer(name, normalNumbers(dims, deviation, random), dims)
  const convolution = (name: string, x: string, from: number, to: number, size: number) => {
    // He's initialization: the values keep their size from layer to layer.
    const filters = randomWeight(`${name}.weight`, [to, from, size, size], Math.sqrt(2 / (from * size * size)))
    const bias = graph.initializer(`${name}.bias`, new Float32Array(to), [to])
    return graph.node('Conv', [x, filters, bias], { pads: Array<number>(4).fill((size - 1) / 2) })
  }
  const block = (name: string, x: string) => {
    const narrow = graph.node('Relu', [convolution(`${name}.narrow`, x, width, inner, 1)])
    const mixed = graph.node('Relu', [convolution(`${name}.mix`, narrow, inner, inner, 3)])
    return graph.node('Add', [x, convolution(`${name}.widen`, mixed, inner, width, 1)])
  }

  const stem = matchedFilters(cutPatches(pixels, pictureSize, random), width, random)
  const answers = graph.node(
    'Conv',
    [
      graph.input('pixel_values', 'float', ['batch_size', 3, pictureSize, pictureSize]),
      graph.initializer('stem.weight', Float32Array.from(stem.weights), [width, 3, patchSize, patchSize]),
      graph.initializer(
        'stem.bias',
        Float32Array.from(stem.bias, (value) => value - threshold),
        [width],
      ),
    ],
    { strides: [2, 2], pads: [3, 3, 3, 3] },
  )
  // The square root evens out answers that differ by orders of magnitude.
  const active = graph.node('Sqrt', [graph.node('Relu', [answers])])
  const pooled = graph.node('MaxPool', [active], { kernel_shape: [4, 4], strides: [4, 4] })
  const last = block('blocks.1', block('blocks.0', pooled))
  const features = graph.node('Flatten', [graph.node('GlobalMaxPool', [last])])
  const head = [
    randomWeight('head.weight', [width, classCount], 0.02),
    graph.initializer('head.bias', new Float32Array(classCount), [classCount]),
  ]
  graph.output('logits', graph.node('Gemm', [features, ...head]), 'float', ['batch_size', classCount])
  return graph.toModel()
}

/** Normally distributed, by Box and Muller. */
function normalNumbers(dims: readonly number[], deviation: number, random: Random): Float32Array {
  const length = dims.reduce((product, size) => product * size, 1)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  return Float32Array.from({ length }, () => deviation * normal())
}
