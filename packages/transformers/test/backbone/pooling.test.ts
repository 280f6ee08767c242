import { decodeModel, encodeModel } from '@dbloss/onnx-training'
import { describe, expect, test } from 'vitest'
import { featureGraph } from '../../src/backbone/feature-graph.ts'
import type { ModelConfig } from '../../src/backbone/model-files.ts'
import type { Pooling } from '../../src/backbone/pooling.ts'
import { transformersRuntime } from '../../src/runtime.ts'
import {
  classifier,
  featureCount,
  mapModel,
  model,
  numbers,
  poolerModel,
  tokenModel,
  tokens,
} from '../support/models.ts'

const batchSize = 2

async function run(bytes: Uint8Array, output: string): Promise<{ data: Float32Array; dims: readonly number[] }> {
  const ort = await transformersRuntime()
  const session = await ort.InferenceSession.create(bytes)
  const pixels = new ort.Tensor('float32', numbers(batchSize * 3 * 16 * 16, 4), [batchSize, 3, 16, 16])
  const { data, dims } = (await session.run({ pixel_values: pixels }))[output]!
  await session.release?.()
  return { data: data as Float32Array, dims }
}

async function features(bytes: Uint8Array, pooling: Pooling, config: ModelConfig = {}) {
  const graph = featureGraph(decodeModel(bytes), config, pooling, './model')
  return { ...(await run(encodeModel(graph.model), graph.output)), description: graph.description }
}

/** The mean of the tokens from `first` on, of each image, computed here. */
function meanOfTokens(hidden: Float32Array, first: number): number[] {
  const count = hidden.length / batchSize / featureCount
  return Array.from({ length: batchSize * featureCount }, (_, index) => {
    const [image, feature] = [Math.floor(index / featureCount), index % featureCount]
    let sum = 0
    for (let token = first; token < count; token++) sum += hidden[(image * count + token) * featureCount + feature]!
    return sum / (count - first)
  })
}

/** The first token of each image. */
function firstTokens(hidden: Float32Array): number[] {
  const perImage = hidden.length / batchSize
  return Array.from({ length: batchSize * featureCount }, (_, index) => {
    return hidden[Math.floor(index / featureCount) * perImage + (index % featureCount)]!
  })
}

/** [a of image 0, b of image 0, a of image 1, …] */
function sideBySide(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: batchSize }, (_, image) => [image * featureCount, (image + 1) * featureCount]).flatMap(
    ([start, end]) => [...a.slice(start, end), ...b.slice(start, end)],
  )
}

function expectClose(actual: Float32Array, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  // Means of 17 float32 numbers of size 1: a few units in the last place.
  for (const [index, value] of expected.entries()) expect(Math.abs(actual[index]! - value)).toBeLessThan(1e-6)
}

describe('tokens', () => {
  test('cls, mean and cls+mean equal what they say', async () => {
    const { data: hidden } = await run(tokenModel(), 'last_hidden_state')
    expectClose((await features(tokenModel(), 'cls')).data, firstTokens(hidden))
    expectClose((await features(tokenModel(), 'mean')).data, meanOfTokens(hidden, 0))
    const both = await features(tokenModel(), 'cls+mean')
    expect(both.dims).toEqual([batchSize, 2 * featureCount])
    expectClose(both.data, sideBySide(firstTokens(hidden), meanOfTokens(hidden, 1)))
  })

  test('class and register tokens are no patches', async () => {
    const { data: hidden } = await run(tokenModel(), 'last_hidden_state')
    const config = { model_type: 'dinov3_vit', num_register_tokens: 4 }
    const both = await features(tokenModel(), 'cls+mean', config)
    expectClose(both.data, sideBySide(firstTokens(hidden), meanOfTokens(hidden, 5)))
    expectClose((await features(tokenModel(), 'mean', config)).data, meanOfTokens(hidden, 5))
    expectClose((await features(tokenModel(), 'mean', { model_type: 'vit' })).data, meanOfTokens(hidden, 1))
    expectClose((await features(tokenModel(), 'mean', { model_type: 'siglip' })).data, meanOfTokens(hidden, 0))
  })

  test.each(['cls', 'cls+mean'] as const)('a family without a class token has no %s', async (pooling) => {
    await expect(features(tokenModel(), pooling, { model_type: 'siglip_vision_model' })).rejects.toThrow(
      `pooling is ${pooling} but models of type siglip_vision_model have no class token`,
    )
  })

  test.each([
    ['vit', 'cls of last_hidden_state'],
    ['dinov2', 'cls+mean of last_hidden_state'],
    ['dinov2_with_registers', 'cls+mean of last_hidden_state'],
    ['swin', 'mean of last_hidden_state'],
    [undefined, 'mean of last_hidden_state'],
  ])('auto for %s', async (type, description) => {
    expect(await features(tokenModel(), 'auto', { model_type: type })).toMatchObject({ description })
  })
})

describe('maps', () => {
  test('are averaged over their places', async () => {
    const { data: map } = await run(mapModel(), 'last_hidden_state')
    const places = map.length / batchSize / featureCount
    const means = Array.from({ length: batchSize * featureCount }, (_, row) => {
      return map.slice(row * places, (row + 1) * places).reduce((sum, value) => sum + value, 0) / places
    })
    for (const pooling of ['auto', 'mean'] as const) {
      const pooled = await features(mapModel(), pooling, { model_type: 'vit' })
      expectClose(pooled.data, means)
      expect(pooled.description).toBe('mean of last_hidden_state')
    }
  })

  test.each(['cls', 'cls+mean'] as const)('have no %s', async (pooling) => {
    await expect(features(mapModel(), pooling)).rejects.toThrow(`pooling is ${pooling} but last_hidden_state is a map`)
  })
})

describe('the choice of the output', () => {
  const both = model((graph, pixels) => {
    const hidden = tokens(graph, pixels)
    graph.output('last_hidden_state', hidden, 'float', ['batch', 'sequence', featureCount])
    const first = graph.node('Gather', [hidden, graph.integers(0)], { axis: 1 })
    graph.output('pooler_output', graph.node('Tanh', [first]), 'float', ['batch', featureCount])
  })

  test.each([
    ['vit', 'cls of last_hidden_state'],
    ['dinov2', 'cls+mean of last_hidden_state'],
    ['clip_vision_model', 'pooler_output'],
    ['siglip_vision_model', 'pooler_output'],
    ['swin', 'pooler_output'],
    ['timm_wrapper', 'pooler_output'],
  ])('auto for %s takes what the classifiers of the family read', async (type, description) => {
    expect((await features(both, 'auto', { model_type: type })).description).toBe(description)
    expect((await features(poolerModel(), 'auto', { model_type: type })).description).toBe('pooler_output')
  })

  test('a pooler is taken where there is one', async () => {
    expect((await features(both, 'mean')).description).toBe('mean of last_hidden_state')
    expect((await features(poolerModel(), 'pooler')).data).toEqual((await run(poolerModel(), 'pooler_output')).data)
  })

  test('what is not needed is left out', () => {
    const { model: kept } = featureGraph(decodeModel(both), {}, 'mean', './model')
    expect(kept.graph!.node.map(({ opType }) => opType)).not.toContain('Tanh')
  })

  test('outputs that are missing are an error', async () => {
    await expect(features(tokenModel(), 'pooler')).rejects.toThrow(
      /outputs are last_hidden_state; expected pooler_output/,
    )
    await expect(features(poolerModel(), 'mean')).rejects.toThrow(/outputs are pooler_output; expected .*last_hidden/)
  })

  test('a classifier export has nothing to pool', async () => {
    const bytes = classifier((graph, x) => graph.node('Gemm', [x, graph.constant(numbers(40, 1), [featureCount, 5])]))
    await expect(features(bytes, 'cls')).rejects.toThrow(/pooling is cls but .\/model is a classifier export/)
  })

  test('an unknown pooling is an error', async () => {
    await expect(features(poolerModel(), 'max' as Pooling)).rejects.toThrow(
      'pooling is max; expected auto, cls, mean, cls+mean, pooler',
    )
  })
})
