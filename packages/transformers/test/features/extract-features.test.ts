import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeModel, encodeModel, writeModelFile } from '@dbloss/onnx-training'
import { AutoImageProcessor, AutoModel, RawImage } from '@huggingface/transformers'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { type Backbone, loadBackbone } from '../../src/backbone/backbone.ts'
import { extractFeatures } from '../../src/features/extract-features.ts'
import type { Progress } from '../../src/progress.ts'
import { featureCount, mapModel, model, pooled, poolerModel, preprocessor, writeModel } from '../support/models.ts'
import { cycle, drawJpeg, writePictures } from '../support/pictures.ts'

async function load(bytes = poolerModel(), config = {}): Promise<Backbone> {
  const backbone = await loadBackbone(writeModel(temporaryFolder(), bytes, config))
  onTestFinished(() => backbone.dispose())
  return backbone
}

async function pictures(count: number): Promise<{ path: string }[]> {
  const folder = temporaryFolder()
  await writePictures(folder, cycle(count, [['red'], ['green', 'blue'], []]))
  return Array.from({ length: count }, (_, index) => ({ path: join(folder, `${index}.jpg`) }))
}

describe('extraction', () => {
  test('equals what transformers.js computes, image by image', async () => {
    const backbone = await load()
    const items = await pictures(7)
    const { features, items: kept, skipped } = await extractFeatures(backbone, items, { batchSize: 3 })
    expect(kept).toEqual(items)
    expect(skipped).toEqual([])
    expect(features).toHaveLength(7 * featureCount)

    const library = await AutoModel.from_pretrained(backbone.name, { dtype: 'fp32' })
    const processor = await AutoImageProcessor.from_pretrained(backbone.name)
    for (const [index, { path }] of items.entries()) {
      const { pooler_output: expected } = await library(await processor(await RawImage.read(path)))
      const actual = features.subarray(index * featureCount, (index + 1) * featureCount)
      // A convolution may add up in another order for another batch size.
      for (const [place, value] of expected.data.entries()) expect(Math.abs(actual[place]! - value)).toBeLessThan(1e-6)
    }
    await library.dispose()
  })

  test('reads weights in a file of their own, and gives the same', async () => {
    const folder = writeModel(temporaryFolder(), poolerModel())
    const file = join(folder, 'onnx', 'model.onnx')
    await writeModelFile(file, decodeModel(poolerModel()), { externalDataThreshold: 0 })
    expect(readdirSync(join(folder, 'onnx'))).toEqual(['model.onnx', 'model.onnx_data'])
    const backbone = await loadBackbone(folder)
    onTestFinished(() => backbone.dispose())
    const items = await pictures(2)
    const { features } = await extractFeatures(backbone, items)
    expect(features).toEqual((await extractFeatures(await load(), items)).features)

    rmSync(`${file}_data`)
    await expect(loadBackbone(folder)).rejects.toThrow(
      expect.objectContaining({ code: 'model', message: expect.stringContaining('model.onnx_data') }),
    )
  })

  test('takes images of several sizes when the processor does not crop', async () => {
    const folder = temporaryFolder()
    const anySize = decodeModel(poolerModel())
    anySize.graph!.input[0]!.type!.tensorType!.shape!.dim.splice(2, 2, { dimParam: 'height' }, { dimParam: 'width' })
    writeModel(folder, encodeModel(anySize))
    writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify({ ...preprocessor, do_resize: false }))
    const backbone = await loadBackbone(folder)
    onTestFinished(() => backbone.dispose())

    const images = temporaryFolder()
    const sizes = [
      [32, 24],
      [24, 32],
      [32, 24],
    ] as const
    const items = await Promise.all(
      sizes.map(async ([width, height], index) => {
        const path = join(images, `${index}.png`)
        await sharp(await drawJpeg(['red'], 1))
          .resize(width, height, { fit: 'fill' })
          .png()
          .toFile(path)
        return { path }
      }),
    )
    const { features } = await extractFeatures(backbone, items)
    const single = await extractFeatures(backbone, [items[1]!])
    expect(features.subarray(0, featureCount)).toEqual(features.subarray(2 * featureCount))
    expect(features.subarray(featureCount, 2 * featureCount)).toEqual(single.features)
  })

  test('reports progress with an estimate', async () => {
    const seen: Progress[] = []
    await extractFeatures(await load(), await pictures(5), { batchSize: 2, onProgress: (now) => seen.push(now) })
    expect(seen.map(({ phase, done, total }) => [phase, done, total])).toEqual([
      ['features', 0, 5],
      ['features', 2, 5],
      ['features', 4, 5],
      ['features', 5, 5],
    ])
    expect(seen[0]).not.toHaveProperty('remainingMs')
    expect(seen.at(-1)!.remainingMs).toBe(0)
  })

  test('stops when the signal is aborted', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    let last = 0
    const extraction = extractFeatures(await load(), await pictures(8), {
      batchSize: 2,
      signal: controller.signal,
      onProgress: ({ done }) => {
        last = done
        if (done === 2) controller.abort(reason)
      },
    })
    await expect(extraction).rejects.toBe(reason)
    expect(last).toBe(2)
  })
})

describe('bad images', () => {
  const damages: Record<string, (path: string) => Promise<void> | void> = {
    'a JPEG that is cut off': (path) => {
      const bytes = readFileSync(path)
      writeFileSync(path, bytes.subarray(0, Math.floor(0.8 * bytes.length)))
    },
    'a JPEG without its last bytes': (path) => {
      const bytes = readFileSync(path)
      writeFileSync(path, bytes.subarray(0, bytes.length - 2))
    },
    'a PNG that is cut off': async (path) => {
      const bytes = await sharp(readFileSync(path)).png().toBuffer()
      writeFileSync(path, bytes.subarray(0, Math.floor(0.8 * bytes.length)))
    },
    'a WebP that is cut off': async (path) => {
      const bytes = await sharp(readFileSync(path)).webp().toBuffer()
      writeFileSync(path, bytes.subarray(0, Math.floor(0.8 * bytes.length)))
    },
    'an empty file': (path) => writeFileSync(path, ''),
    'a file that is no image': (path) => writeFileSync(path, 'hello'),
  }

  test.each(Object.entries(damages))('%s is named, or skipped and reported', async (_, damage) => {
    const backbone = await load()
    const items = await pictures(5)
    const bad = items[3]!.path
    await damage(bad)
    await expect(extractFeatures(backbone, items, { batchSize: 2 })).rejects.toMatchObject({
      name: 'DblossError',
      code: 'data',
      message: expect.stringMatching(/3\.jpg (cannot be read as an image|is empty)/),
    })
    const {
      features,
      items: kept,
      skipped,
    } = await extractFeatures(backbone, items, { batchSize: 2, onBadImage: 'skip' })
    const good = items.filter(({ path }) => path !== bad)
    expect(kept).toEqual(good)
    expect(skipped).toEqual([{ path: bad, reason: expect.stringMatching(/cannot be read|is empty/) }])
    const alone = await extractFeatures(backbone, good, { batchSize: 2 })
    for (const [index, value] of alone.features.entries()) {
      // Other neighbours in a batch may change the order of additions.
      expect(Math.abs(features[index]! - value)).toBeLessThan(1e-6)
    }
  })

  test('all bad', async () => {
    const items = (await pictures(2)).map(({ path }) => ({ path: `${path}.gone` }))
    const { features, skipped } = await extractFeatures(await load(), items, { onBadImage: 'skip' })
    expect(features).toHaveLength(0)
    expect(skipped).toHaveLength(2)
  })
})

describe('a backbone', () => {
  test('knows its features', async () => {
    const backbone = await load(mapModel(), { model_type: 'resnet' })
    expect(backbone.featureCount).toBe(featureCount)
    expect(backbone.graph.description).toBe('mean of last_hidden_state')
    expect(JSON.parse(new TextDecoder().decode(backbone.preprocessor))).toEqual(preprocessor)
  })

  test('that works with one batch size only is refused', async () => {
    const fixed = model((graph, pixels) => {
      const flat = graph.node('Reshape', [pooled(graph, pixels), graph.integers([1, featureCount])])
      graph.output('pooler_output', flat, 'float', ['batch', featureCount])
    })
    await expect(load(fixed)).rejects.toMatchObject({ name: 'DblossError', code: 'model' })
  })

  test('whose features are no vector is refused', async () => {
    const rows = model((graph, pixels) => {
      const flat = graph.node('Reshape', [pixels, graph.integers([0, 3, -1])])
      graph.output('pooler_output', flat, 'float', ['batch', 3, 256])
    })
    await expect(load(rows)).rejects.toThrow(/shape \[2, 3, 256\] for 2 images; expected \[2, features\]/)
  })

  test('that gives NaN is refused with the image', async () => {
    const nan = model((graph, pixels) => {
      const features = graph.node('Log', [graph.node('Neg', [pooled(graph, pixels)])])
      graph.output('pooler_output', features, 'float', ['batch', featureCount])
    })
    const items = await pictures(1)
    await expect(extractFeatures(await load(nan), items)).rejects.toThrow(`among the features of ${items[0]!.path}`)
  })

  test('in a folder that lacks files', async () => {
    await expect(loadBackbone('./no/such/folder')).rejects.toThrow(/there is no folder \.\/no\/such\/folder/)
    const folder = temporaryFolder()
    await expect(loadBackbone(folder)).rejects.toThrow(/has no config.json; found none of its files/)
    writeFileSync(join(folder, 'config.json'), 'no JSON')
    await expect(loadBackbone(folder)).rejects.toThrow(/config.json of .* is not JSON/)
    writeFileSync(join(folder, 'config.json'), '{}')
    await expect(loadBackbone(folder)).rejects.toThrow(/has no preprocessor_config.json; found config.json/)
    writeFileSync(join(folder, 'preprocessor_config.json'), '{}')
    await expect(loadBackbone(folder)).rejects.toThrow(/has no onnx\/model.onnx; found config.json/)
    writeModel(folder, poolerModel())
    writeFileSync(join(folder, 'config.json'), '[]')
    await expect(loadBackbone(folder)).rejects.toThrow(/is not a JSON object/)
  })
})
