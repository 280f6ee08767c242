import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeModel, tensorData } from '@dbloss/onnx-training'
import { AutoModelForImageClassification, PreTrainedModel, Tensor } from '@huggingface/transformers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { type Backbone, type BackboneOptions, loadBackbone } from '../../src/backbone/backbone.ts'
import type { Pooling } from '../../src/backbone/pooling.ts'
import { fineTune } from '../../src/fine-tuning/fine-tune.ts'
import { applyHead, type LinearHead } from '../../src/linear-head.ts'
import { numbers, preprocessor, writeModel } from '../support/models.ts'
import { cycle, writePictures } from '../support/pictures.ts'
import { baseExport, classifierExport, type ModelFamily, modelFamilies, side } from './support/families.ts'
import { inEightBits, inHalfPrecision } from './support/precisions.ts'

const imageCount = 2
const dims = [3, side, side]
const images = [1, 2].map((seed) => ({ data: numbers(3 * side * side, seed), dims }))

function write(bytes: Uint8Array, { config, file }: ModelFamily, suffix = ''): string {
  const folder = writeModel(temporaryFolder(), bytes, { architectures: ['AnyModel'], ...config })
  const settings = { ...preprocessor, size: { height: side, width: side } }
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(settings))
  renameSync(join(folder, 'onnx/model.onnx'), join(folder, `onnx/${file ?? 'model'}${suffix}.onnx`))
  return folder
}

async function load(folder: string, options?: BackboneOptions): Promise<Backbone> {
  const backbone = await loadBackbone(folder, options)
  onTestFinished(() => backbone.dispose())
  return backbone
}

/** What transformers.js computes, by the name of the output. */
async function libraryOutputs(folder: string, { file }: ModelFamily): Promise<Record<string, Tensor>> {
  const model = await PreTrainedModel.from_pretrained(folder, {
    dtype: 'fp32',
    ...(file === undefined ? {} : { model_file_name: file }),
  })
  onTestFinished(async () => void (await model.dispose()))
  const data = Float32Array.from(images.flatMap((image) => [...image.data]))
  return model.forward({ pixel_values: new Tensor('float32', data, [imageCount, ...dims]) })
}

/** The pooling of one image in plain code. */
function pooled(outputs: Record<string, Tensor>, image: number, description: string, prefixTokens: number): number[] {
  const [pooling, name] = description.includes(' of ') ? description.split(' of ') : ['pooler', description]
  const { data, dims } = outputs[name!]!
  const values = Array.from(
    (data as Float32Array).slice((image * data.length) / imageCount, ((image + 1) * data.length) / imageCount),
  )
  if (pooling === 'pooler') return values
  if (dims.length === 4) {
    const places = dims[2]! * dims[3]!
    return Array.from({ length: dims[1]! }, (_, channel) =>
      mean(values.slice(channel * places, (channel + 1) * places)),
    )
  }
  const [, count, size] = dims as [number, number, number]
  const patchMean = Array.from({ length: size }, (_, feature) =>
    mean(Array.from({ length: count - prefixTokens }, (_, token) => values[(prefixTokens + token) * size + feature]!)),
  )
  if (pooling === 'mean') return patchMean
  return pooling === 'cls' ? values.slice(0, size) : [...values.slice(0, size), ...patchMean]
}

/** The head of a classifier export here: the last Gemm, whose weights are [classes, features]. */
function oldHead(bytes: Uint8Array): LinearHead {
  const { graph } = decodeModel(bytes)
  const { input } = graph!.node.findLast(({ opType }) => opType === 'Gemm')!
  const [weights, bias] = input.slice(1).map((name) => {
    return tensorData(graph!.initializer.find((tensor) => tensor.name === name)!) as Float32Array
  }) as [Float32Array, Float32Array]
  const [classCount, features] = [bias.length, weights.length / bias.length]
  const transposed = weights.map(
    (_, index) => weights[(index % classCount) * features + Math.floor(index / classCount)]!,
  )
  return { weights: transposed, bias, classCount }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length)
  for (const [index, value] of expected.entries()) expect(Math.abs(actual[index]! - value)).toBeLessThan(tolerance)
}

describe.each(Object.entries(modelFamilies))('%s', (_, family) => {
  test('base export: auto and each pooling that it has equal what transformers.js gives, pooled in plain code', async () => {
    const folder = write(baseExport(family), family)
    const outputs = await libraryOutputs(folder, family)
    const { prefixTokens } = family
    const poolings: Pooling[] = ['auto']
    if ('last_hidden_state' in outputs) poolings.push('mean')
    if (prefixTokens !== undefined && prefixTokens > 0) poolings.push('cls', 'cls+mean')
    for (const pooling of poolings) {
      const backbone = await load(folder, { pooling })
      const { description } = backbone.graph
      expect(description).toBe(pooling === 'auto' ? family.auto : `${pooling} of last_hidden_state`)
      const features = await backbone.run(images)
      const expected = [0, 1].flatMap((image) => pooled(outputs, image, description, prefixTokens ?? 0))
      // Float32 numbers of size 1 that are added up in another order.
      expectClose(features, expected, 5e-6)
      // Random weights do not lose the image.
      expect(features.slice(0, backbone.featureCount)).not.toEqual(features.slice(backbone.featureCount))
    }
  })

  test('classifier export: the features with the old head make the old logits', async () => {
    const bytes = classifierExport(family)
    const folder = write(bytes, family)
    const { logits } = await libraryOutputs(folder, family)
    const backbone = await load(folder)
    expect(backbone.graph.description).toMatch(/^the input of Gemm /)
    const features = await backbone.run(images)
    expectClose(logits!.data as Float32Array, [...applyHead(oldHead(bytes), features)], 1e-5)
  })

  test.each([
    ['base', baseExport],
    ['classifier', classifierExport],
  ] as const)(
    '%s export: the fine-tuned folder loads as a classifier and gives features · W + b',
    async (_, exportOf) => {
      const root = temporaryFolder()
      await writePictures(join(root, 'photos/train'), cycle(6, [['red'], ['green'], ['red', 'blue']]))
      await writePictures(join(root, 'photos/test'), cycle(3, [['red'], ['green'], ['blue']]))
      const model = write(exportOf(family), family)
      const output = join(root, 'model')
      const { runs } = await fineTune({ model, data: join(root, 'photos'), output, epochs: 2, loss: 'bce' })
      const expected = applyHead(runs[0]!.head, await (await load(model)).run(images))

      const classifier = await AutoModelForImageClassification.from_pretrained(output)
      onTestFinished(async () => void (await classifier.dispose()))
      const data = Float32Array.from(images.flatMap((image) => [...image.data]))
      const { logits } = await classifier({ pixel_values: new Tensor('float32', data, [imageCount, ...dims]) })
      expectClose(logits.data, [...expected], 1e-5)
      const { dbloss } = classifier.config as unknown as { dbloss: { original: { model_type: string } } }
      expect(dbloss.original.model_type).toBe(family.config.model_type)

      // It is a backbone again, whose features are those of the first.
      const again = await (await load(output)).run(images)
      expectClose(again, [...(await (await load(model)).run(images))], 5e-6)
    },
  )
})

describe.each([
  // Half precision has 11 binary digits, and errors add up over the layers.
  ['fp16', inHalfPrecision, '_fp16', 0.02],
  // A step of 8-bit integers is 1/127 of the largest value, of weights and of what they multiply.
  ['q8', inEightBits, '_quantized', 0.25],
] as const)('%s', (dtype, convert, suffix, tolerance) => {
  test.each([
    ['ViT, base', modelFamilies.ViT!, baseExport],
    ['ViT, classifier', modelFamilies.ViT!, classifierExport],
    ['CLIP, base', modelFamilies['CLIP, with a text part']!, baseExport],
    ['ConvNeXtV2, base', modelFamilies.ConvNeXtV2!, baseExport],
    ['MobileNetV4, classifier', modelFamilies.MobileNetV4!, classifierExport],
  ] as const)('%s: features in float32, close to those of the whole weights', async (_, family, exportOf) => {
    const bytes = exportOf(family)
    const whole = await (await load(write(bytes, family))).run(images)
    const folder = write(convert(bytes), family, suffix)
    const backbone = await load(folder, { dtype })
    expect(backbone.dtype).toBe(dtype)
    const features = await backbone.run(images)
    expect(features).toBeInstanceOf(Float32Array)
    expectClose(features, [...whole], tolerance)
    await expect(loadBackbone(folder)).rejects.toThrow(/has no onnx\/(vision_)?model\.onnx/)
  })
})

test('an unknown dtype is an error', async () => {
  const folder = write(baseExport(modelFamilies.ViT!), modelFamilies.ViT!)
  await expect(loadBackbone(folder, { dtype: 'q4' as 'q8' })).rejects.toThrow(
    'dtype is q4; expected one of fp32, fp16, q8',
  )
})
