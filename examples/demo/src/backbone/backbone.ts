import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom } from '@dbloss/core'
import { GraphBuilder } from '@dbloss/onnx-training'
import { type Filters, matchedFilters } from './matched-filters.ts'
import { cutPatches, inputSize, patchSize } from './patches.ts'

const filterCount = 384
const patchesPerPicture = 12
/** Answers below one standard deviation count as silence. */
const threshold = 1

/** What {@link writeBackbone} needs. */
export interface BackboneOptions {
  /** Where the model folder is written. */
  readonly folder: string
  /** The training pictures. */
  readonly pictures: readonly string[]
  readonly seed: number
}

/**
 * Builds a small backbone from unlabelled pictures and writes it as a folder that transformers.js loads: one convolution
 * with filters that look for patches of the pictures, rectified, pooled over the picture by maximum and by mean.
 *
 * @returns the number of features.
 */
export async function writeBackbone({ folder, pictures, seed }: BackboneOptions): Promise<number> {
  const random = createRandom(seed)
  const patches = await cutPatches(pictures, patchesPerPicture, random)
  const model = backboneModel(matchedFilters(patches, filterCount, random))
  await mkdir(join(folder, 'onnx'), { recursive: true })
  await writeFile(join(folder, 'onnx/model.onnx'), model)
  await writeFile(join(folder, 'config.json'), json({ model_type: 'resnet', num_channels: 3, image_size: inputSize }))
  await writeFile(
    join(folder, 'preprocessor_config.json'),
    json({
      image_processor_type: 'ViTImageProcessor',
      do_resize: true,
      size: { height: inputSize, width: inputSize },
      resample: 2,
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: true,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
    }),
  )
  return 2 * filterCount
}

function backboneModel({ weights, bias, count }: Filters): Uint8Array {
  const graph = new GraphBuilder('patches')
  const pixels = graph.input('pixel_values', 'float', ['batch_size', 3, inputSize, inputSize])
  const answers = graph.node('Conv', [
    pixels,
    graph.initializer('filters', Float32Array.from(weights), [count, 3, patchSize, patchSize]),
    graph.initializer(
      'bias',
      Float32Array.from(bias, (value) => value - threshold),
      [count],
    ),
  ])
  const active = graph.node('Relu', [answers])
  const pooled = [graph.node('GlobalMaxPool', [active]), graph.node('GlobalAveragePool', [active])]
  const features = graph.node('Flatten', [graph.node('Concat', pooled, { axis: 1 })], { axis: 1 })
  // The square root evens out answers that differ by orders of magnitude.
  graph.output('pooler_output', graph.node('Sqrt', [features]), 'float', ['batch_size', 2 * count])
  return graph.toBytes()
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
