import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { type Backbone, type BackboneOptions, loadBackbone } from '../../src/backbone/backbone.ts'
import { type ExtractOptions, extractFeatures } from '../../src/features/extract-features.ts'
import { preprocessor, tokenModel, writeModel } from '../support/models.ts'
import { drawJpeg } from '../support/pictures.ts'
import { type GeneratedImage, generatedImages } from './support/generated-images.ts'

interface Counting extends Backbone {
  /** Images that went through the model since the last question. */
  countComputed(): number
}

async function load(
  folder = writeModel(temporaryFolder(), tokenModel()),
  options: BackboneOptions = {},
): Promise<Counting> {
  const backbone = await loadBackbone(folder, options)
  onTestFinished(() => backbone.dispose())
  let computed = 0
  return {
    ...backbone,
    run: (images) => {
      computed += images.length
      return backbone.run(images)
    },
    countComputed: () => {
      const count = computed
      computed = 0
      return count
    },
  }
}

async function extract(backbone: Backbone, items: readonly GeneratedImage[], options: ExtractOptions) {
  const { features, notes, variants } = await extractFeatures(backbone, items, { batchSize: 4, ...options })
  return { features, notes, variants }
}

function shardsOf(cache: string): string[] {
  return readdirSync(cache).flatMap((place) => readdirSync(join(cache, place)).map((name) => join(cache, place, name)))
}

describe('the cache of features', () => {
  test('gives the same again, bit for bit, without the model', async () => {
    const [backbone, cache, items] = [await load(), join(temporaryFolder(), 'new/cache'), generatedImages(11)]
    const first = await extract(backbone, items, { cache })
    expect(backbone.countComputed()).toBe(11)
    const second = await extract(backbone, items, { cache })
    expect(backbone.countComputed()).toBe(0)
    expect(second).toEqual(first)
    expect(first.features).toEqual((await extract(backbone, items, {})).features)
  })

  test('knows images by their content', async () => {
    const [backbone, cache, items] = [await load(), temporaryFolder(), generatedImages(6)]
    const { features } = await extract(backbone, items, { cache })
    backbone.countComputed()
    const changed = items.map((item, index) =>
      index === 2 ? { path: item.path, read: () => drawJpeg(['red'], 9) } : item,
    )
    await extract(backbone, changed, { cache })
    expect(backbone.countComputed()).toBe(1)
    const renamed = items.toReversed().map(({ read }, index) => ({ path: `other ${index}`, read }))
    const reversed = await extract(backbone, renamed, { cache })
    expect(backbone.countComputed()).toBe(0)
    expect(reversed.features.subarray(0, backbone.featureCount)).toEqual(features.subarray(-backbone.featureCount))
  })

  test('computes equal images once', async () => {
    const backbone = await load()
    const [a, b] = generatedImages(2) as [GeneratedImage, GeneratedImage]
    const { features } = await extract(backbone, [a, b, a, a], {})
    expect(backbone.countComputed()).toBe(2)
    const row = (index: number) => features.subarray(index * backbone.featureCount, (index + 1) * backbone.featureCount)
    expect(row(2)).toEqual(row(0))
    expect(row(3)).toEqual(row(0))
    expect(row(1)).not.toEqual(row(0))
  })

  test('is apart for another pooling, model, processor and augmentation', async () => {
    const [cache, items, folder] = [temporaryFolder(), generatedImages(3), temporaryFolder()]
    writeModel(folder, tokenModel())
    const computed = async (backbone: Counting, options: ExtractOptions = {}) => {
      const { features, variants } = await extract(backbone, items, { cache, ...options })
      const alone = await extract(await load(folder, { pooling: backbone === mean ? 'mean' : 'auto' }), items, options)
      expect(features).toEqual(alone.features)
      expect(variants).toEqual(alone.variants)
      return backbone.countComputed()
    }
    const mean = await load(folder, { pooling: 'mean' })
    const first = await load(folder)
    expect(await computed(first)).toBe(3)
    expect(await computed(first)).toBe(0)
    expect(await computed(mean)).toBe(3)

    const augmentations = { variants: 2, flip: true, crops: 0.5 }
    expect(await computed(first, { augmentations })).toBe(6)
    expect(await computed(first, { augmentations })).toBe(0)
    expect(await computed(first, { augmentations: { ...augmentations, seed: 1 } })).toBe(6)
    expect(await computed(first, { augmentations: { ...augmentations, variants: 3 } })).toBe(3)

    writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify({ ...preprocessor, image_mean: [0, 0, 0] }))
    expect(await computed(await load(folder))).toBe(3)
    writeModel(folder, tokenModel(), { model_type: 'dinov2' })
    expect(await computed(await load(folder))).toBe(3)
  })

  const damages: Record<string, (shard: string) => void> = {
    'a changed bit': (shard) => {
      const bytes = readFileSync(shard)
      bytes[bytes.length - 1]! ^= 1
      writeFileSync(shard, bytes)
    },
    'a file cut off': (shard) => truncateSync(shard, 100),
    'an empty file': (shard) => truncateSync(shard, 0),
    'another content': (shard) => writeFileSync(shard, 'no shard'),
  }
  test.each(Object.entries(damages))('notices %s, tells it, and computes again', async (_, damage) => {
    const [backbone, cache, items] = [await load(), temporaryFolder(), generatedImages(8)]
    const first = await extract(backbone, items.slice(0, 4), { cache })
    const [shard] = shardsOf(cache) as [string]
    const all = await extract(backbone, items, { cache })
    backbone.countComputed()
    damage(shard)
    const again = await extract(backbone, items, { cache })
    expect(backbone.countComputed()).toBe(4)
    expect(again.features).toEqual(all.features)
    expect(again.features.subarray(0, first.features.length)).toEqual(first.features)
    expect(again.notes).toEqual([expect.stringContaining(`${shard} was damaged`)])
    expect(await extract(backbone, items, { cache })).toEqual(all)
    expect(backbone.countComputed()).toBe(0)
  })

  test('leaves alone what is none of its files', async () => {
    const [backbone, cache] = [await load(), temporaryFolder()]
    writeFileSync(join(cache, 'notes.txt'), 'mine')
    await extract(backbone, generatedImages(2), { cache })
    const [place] = readdirSync(cache).filter((name) => name !== 'notes.txt') as [string]
    writeFileSync(join(cache, place, 'more.txt'), 'mine')
    const { notes } = await extract(backbone, generatedImages(2), { cache })
    expect(notes).toEqual([])
    expect(readdirSync(join(cache, place))).toContain('more.txt')
  })

  test('has what was computed before the work was stopped', async () => {
    const [backbone, cache, items] = [await load(), temporaryFolder(), generatedImages(20)]
    const whole = await extract(backbone, items, {})
    const controller = new AbortController()
    const stopped = extract(backbone, items, {
      cache,
      signal: controller.signal,
      onProgress: ({ done }) => done === 12 && controller.abort(new Error('enough')),
    })
    await expect(stopped).rejects.toThrow('enough')
    backbone.countComputed()
    expect((await extract(backbone, items, { cache })).features).toEqual(whole.features)
    expect(backbone.countComputed()).toBe(8)
  })

  test('serves several at a time', async () => {
    const [cache, items] = [temporaryFolder(), generatedImages(30)]
    const backbones = await Promise.all([load(), load(), load()])
    const orders = [items, items.toReversed(), items.slice(10, 25)]
    await Promise.all(backbones.map((backbone, index) => extract(backbone, orders[index]!, { cache })))
    const fresh = await load()
    const { features, notes } = await extract(fresh, items, { cache })
    expect(fresh.countComputed()).toBe(0)
    expect(notes).toEqual([])
    const expected = await extract(fresh, items, {})
    // Which of equal keys is read is open; other neighbours in a batch may change the order of additions.
    for (const [index, value] of expected.features.entries())
      expect(Math.abs(features[index]! - value)).toBeLessThan(1e-6)
  })

  test.each([
    ['a file', (folder: string) => writeFileSync(join(folder, 'cache'), ''), 'cache'],
    ['below a file', (folder: string) => writeFileSync(join(folder, 'cache'), ''), 'cache/inside'],
    ['without a place in it', (folder: string) => mkdirSync(join(folder, 'cache')), 'cache/\0'],
  ])('that is %s is refused before any image is read', async (_, prepare, name) => {
    const folder = temporaryFolder()
    prepare(folder)
    let reads = 0
    const items = [{ path: 'image', read: async () => new Uint8Array(++reads) }]
    await expect(extractFeatures(await load(), items, { cache: join(folder, name) })).rejects.toMatchObject({
      name: 'DblossError',
      code: 'output',
      message: expect.stringMatching(/cache.* cannot be used: .*expected a folder to write in/s),
    })
    expect(reads).toBe(0)
  })
})
