import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { binaryCrossEntropy, distributionBalancedLoss } from '@dbloss/core'
import { AutoImageProcessor, AutoModelForImageClassification, RawImage } from '@huggingface/transformers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { loadBackbone } from '../../src/backbone/backbone.ts'
import { extractFeatures } from '../../src/features/extract-features.ts'
import { fineTune } from '../../src/fine-tuning/fine-tune.ts'
import type { FineTuneOptions } from '../../src/fine-tuning/options.ts'
import { applyHead } from '../../src/linear-head.ts'
import { multiLabelPipeline } from '../../src/multi-label-pipeline.ts'
import type { Progress } from '../../src/progress.ts'
import {
  classifier,
  featureCount,
  mapModel,
  numbers,
  poolerModel,
  preprocessor,
  tokenModel,
  writeModel,
} from '../support/models.ts'
import { cycle, writePictures } from '../support/pictures.ts'

const labelSets = [['red'], ['green'], ['red', 'blue'], [], ['blue']] as const

/** A folder with `train` (30 pictures) and `test` (10), a model, and where the result goes. */
interface Options extends FineTuneOptions {
  readonly data: string
  readonly output: string
}

async function setUp(bytes = poolerModel(), config = {}): Promise<Options> {
  const root = temporaryFolder()
  await writePictures(join(root, 'photos/train'), cycle(30, labelSets))
  await writePictures(join(root, 'photos/test'), cycle(10, labelSets))
  const model = writeModel(join(root, 'backbone'), bytes, config)
  return {
    model,
    data: join(root, 'photos'),
    output: join(root, 'model'),
    epochs: 60,
    learningRate: 0.05,
    batchSize: 16,
    validation: 0,
  }
}

const models: Record<string, [bytes: () => Uint8Array, config: object]> = {
  'a base export with a pooler': [poolerModel, {}],
  'a base export of tokens': [tokenModel, { model_type: 'dinov2' }],
  'a base export of a map': [mapModel, { model_type: 'convnextv2' }],
  'a classifier export': [
    () =>
      classifier((graph, features) => {
        const weights = graph.constant(numbers(featureCount * 5, 2), [featureCount, 5])
        return graph.node('Add', [graph.node('MatMul', [features, weights]), graph.constant(numbers(5, 3), [5])])
      }),
    { model_type: 'mobilenet_v2', id2label: { 0: 'old' } },
  ],
}

describe('the saved model', () => {
  test.each(Object.entries(models))('of %s predicts features · W + b, and learns', async (_, [bytes, config]) => {
    const options = await setUp(bytes(), config)
    const { runs, output, classNames } = await fineTune(options)
    expect(output).toBe(options.output)
    expect(classNames).toEqual(['blue', 'green', 'red'])
    expect(runs[0]!.metrics.map.all).toBeGreaterThan(0.95)

    const files = ['0.jpg', '2.jpg', '3.jpg'].map((name) => join(options.data, 'test', name))
    const backbone = await loadBackbone(options.model)
    const { features } = await extractFeatures(
      backbone,
      files.map((path) => ({ path })),
    )
    const expected = applyHead(runs[0]!.head, features)
    await backbone.dispose()

    const model = await AutoModelForImageClassification.from_pretrained(options.output)
    const processor = await AutoImageProcessor.from_pretrained(options.output)
    const { pixel_values } = await processor(await Promise.all(files.map((path) => RawImage.read(path))))
    const { logits } = await model({ pixel_values })
    await model.dispose()
    expect(logits.dims).toEqual([3, 3])
    // Float32 sums of 8 to 16 products of the size of the largest logit.
    const tolerance = 1e-5 * Math.max(...expected.map(Math.abs))
    for (const [index, value] of expected.entries())
      expect(Math.abs(logits.data[index] - value)).toBeLessThan(tolerance)

    const classify = await multiLabelPipeline(options.output)
    const scored = await classify(files, { threshold: 0 })
    for (const [row, labels] of scored.entries()) {
      expect(labels.map(({ score }) => score)).toEqual(labels.map(({ score }) => score).sort((a, b) => b - a))
      for (const { label, score } of labels) {
        const logit = logits.data[3 * row + classNames.indexOf(label)]
        expect(Math.abs(score - 1 / (1 + Math.exp(-logit)))).toBeLessThan(1e-6)
      }
    }
    await classify.dispose()
  })

  test('has the files and the record that are promised', async () => {
    const options = await setUp(mapModel(), {
      model_type: 'dinov3_vit',
      architectures: ['DINOv3ViTModel'],
      hidden_size: 8,
    })
    const { runs, statistics } = await fineTune({ ...options, loss: 'db', sampler: 'class-aware', seed: 7, epochs: 2 })
    expect(readdirSync(options.output, { recursive: true }).sort()).toEqual([
      'README.md',
      'config.json',
      'onnx',
      join('onnx', 'model.onnx'),
      'predictions.jsonl',
      'preprocessor_config.json',
    ])
    const config = JSON.parse(readFileSync(join(options.output, 'config.json'), 'utf8'))
    expect(config).toMatchObject({
      model_type: 'vit',
      architectures: ['ViTForImageClassification'],
      hidden_size: 8,
      problem_type: 'multi_label_classification',
      id2label: { 0: 'blue', 1: 'green', 2: 'red' },
      label2id: { blue: 0, green: 1, red: 2 },
      'transformers.js_config': { dtype: 'fp32' },
      dbloss: {
        original: { model: options.model, model_type: 'dinov3_vit', architectures: ['DINOv3ViTModel'] },
        loss: { name: 'db', parameters: { gamma: 0, lambda: 2 } },
        sampler: 'class-aware',
        seed: 7,
        epochs: 2,
        training: { samples: 30, classCounts: statistics.classCounts },
        evaluation: { on: 'test', samples: 10, averagePrecision: runs[0]!.metrics.averagePrecision },
      },
    })
    expect(readFileSync(join(options.output, 'preprocessor_config.json'), 'utf8')).toBe(
      JSON.stringify(preprocessor, undefined, 1),
    )
    const card = readFileSync(join(options.output, 'README.md'), 'utf8')
    expect(card).toContain('3 labels; a linear head on')
    expect(card).toMatch(/\| red \| 12 \| \d+\.\d \|/)
  })

  test('can be fine-tuned again, also onto itself, and remembers where it came from', async () => {
    const options = await setUp(tokenModel(), { model_type: 'dinov3_vit' })
    const first = await fineTune({ ...options, epochs: 5 })
    const again = await fineTune({ ...options, model: options.output, overwrite: true, epochs: 5 })
    expect(again.runs[0]!.lossCurve).toEqual(first.runs[0]!.lossCurve)
    const config = JSON.parse(readFileSync(join(options.output, 'config.json'), 'utf8'))
    expect(config.dbloss.original).toMatchObject({ model: options.model, model_type: 'dinov3_vit' })
  })
})

describe('fine-tuning', () => {
  test('is the same for the same seed, to the byte', async () => {
    const options = await setUp()
    const digest = async (output: string, seed: number) => {
      await fineTune({ ...options, output, seed, epochs: 3 })
      return createHash('sha256')
        .update(readFileSync(join(output, 'onnx/model.onnx')))
        .digest('hex')
    }
    const first = await digest(`${options.output}-1`, 5)
    expect(await digest(`${options.output}-2`, 5)).toBe(first)
    expect(await digest(`${options.output}-3`, 6)).not.toBe(first)
  })

  test('finds features again in a cache, and gives the same to the byte', async () => {
    const { output, ...options } = await setUp()
    const cache = join(options.data, '../cache')
    const bytesOf = async (name: string) => {
      const { notes } = await fineTune({ ...options, cache, output: `${output}-${name}`, epochs: 3 })
      return { notes, bytes: readFileSync(join(`${output}-${name}`, 'onnx/model.onnx')) }
    }
    const first = await bytesOf('first')
    const [place] = readdirSync(cache) as [string]
    const shards = readdirSync(join(cache, place))
    expect(shards).toHaveLength(1)
    expect(await bytesOf('again')).toEqual(first)
    expect(readdirSync(join(cache, place))).toEqual(shards)
    writeFileSync(join(cache, place, shards[0]!), 'damaged')
    const redone = await bytesOf('redone')
    expect(redone.bytes).toEqual(first.bytes)
    expect(redone.notes).toEqual([expect.stringContaining('was damaged')])
  })

  test('takes the file of another precision', async () => {
    const { output, ...options } = await setUp()
    await expect(fineTune({ ...options, dtype: 'q8' })).rejects.toThrow(/has no onnx\/model_quantized\.onnx/)
    copyFileSync(join(options.model, 'onnx/model.onnx'), join(options.model, 'onnx/model_quantized.onnx'))
    await expect(fineTune({ ...options, dtype: 'q8', epochs: 2 })).resolves.toMatchObject({
      runs: [{ loss: 'distribution-balanced' }],
    })
  })

  test('compares runs on the same features and saves the first', async () => {
    const { output, ...options } = await setUp()
    const seen: Progress[] = []
    const { runs, features, ...result } = await fineTune({
      ...options,
      epochs: 4,
      loss: 'bce',
      compare: [
        { loss: 'db', sampler: 'class-aware' },
        { loss: (statistics) => distributionBalancedLoss(statistics, { gamma: 0, mu: 0.4 }) },
        { loss: () => binaryCrossEntropy() },
      ],
      onProgress: (now) => seen.push(now),
    })
    expect(runs.map(({ loss, sampler }) => `${loss}/${sampler}`)).toEqual([
      'bce/uniform',
      'db/class-aware',
      'distribution-balanced/uniform',
      'binary-cross-entropy/uniform',
    ])
    expect(runs[2]!.lossParameters).toMatchObject({ mu: 0.4 })
    expect(runs[3]!.head).toEqual(runs[0]!.head)
    expect(features).toEqual({ description: 'pooler_output', count: featureCount })
    expect(result).not.toHaveProperty('output')
    expect(seen.filter(({ phase }) => phase === 'features').at(-1)).toMatchObject({ done: 40, total: 40 })
    expect(seen.filter(({ phase }) => phase === 'training').map(({ done }) => done)).toEqual([...Array(17).keys()])
  })

  test('holds out a part of a flat folder, and trains on a subset', async () => {
    const { output, ...options } = await setUp()
    const flat = join(options.data, 'train')
    const held = await fineTune({ ...options, data: flat, epochs: 1 })
    expect(held).toMatchObject({ evaluatedOn: 'held-out', evaluationCount: 6, statistics: { sampleCount: 24 } })
    const subset = await fineTune({ ...options, epochs: 1, subset: { max: 8, min: 3, exponent: 2, seed: 0 } })
    expect(subset.statistics.sampleCount).toBeLessThan(25)
    expect(subset.evaluationCount).toBe(10)
  })

  test('goes on without bad images when it may, and reports them', async () => {
    const options = await setUp()
    const bad = join(options.data, 'train/4.jpg')
    writeFileSync(bad, truncated(readFileSync(bad)))
    await expect(fineTune(options)).rejects.toMatchObject({ code: 'data', message: expect.stringContaining(bad) })
    expect(readdirSync(join(options.output, '..')).sort()).toEqual(['backbone', 'photos'])
    const { skipped, statistics, evaluationCount } = await fineTune({ ...options, epochs: 1, onBadImage: 'skip' })
    expect(skipped).toEqual([{ path: bad, reason: expect.stringContaining(bad) }])
    expect(statistics).toMatchObject({ sampleCount: 29, classCounts: [11, 6, 12] })
    expect(evaluationCount).toBe(10)
  })

  test('an unreadable image that was the only one of a label is an error', async () => {
    const { output, ...options } = await setUp()
    await writePictures(join(options.data, 'train'), {
      'a.jpg': ['red'],
      'b.jpg': ['green'],
      'c.jpg': ['blue', 'green'],
    })
    writeFileSync(join(options.data, 'train/a.jpg'), '')
    await expect(fineTune({ ...options, loss: 'bce', onBadImage: 'skip' })).rejects.toThrow(
      /no training image that is used has the label red/,
    )
  })

  test.each(['features', 'training'] as const)('stops at %s when aborted, and leaves nothing', async (phase) => {
    const options = await setUp()
    const controller = new AbortController()
    const onProgress = (now: Progress) => {
      if (now.phase === phase && now.done > 0) controller.abort(new Error('enough'))
    }
    await expect(fineTune({ ...options, signal: controller.signal, onProgress })).rejects.toThrow('enough')
    expect(readdirSync(join(options.output, '..')).sort()).toEqual(['backbone', 'photos'])
  })

  const refused: [name: string, change: (options: Options) => object, message: RegExp][] = [
    ['an unknown loss', () => ({ loss: 'dbl' }), /there is no loss 'dbl'/],
    ['an unknown loss to compare', () => ({ compare: [{ loss: 'dbl' }] }), /there is no loss 'dbl'/],
    ['an unknown sampler', () => ({ compare: [{ loss: 'bce', sampler: 'all' }] }), /sampler is all/],
    ['an unknown scaling', () => ({ featureScaling: 'max' }), /featureScaling is max/],
    ['no epochs', () => ({ epochs: 0 }), /epochs is 0/],
    ['no data', () => ({ data: './no/such/folder' }), /no\/such\/folder does not exist/],
    ['no model', () => ({ model: './no/such/folder' }), /there is no folder/],
    ['an output that exists', ({ data }) => ({ output: data }), /exists and is not empty/],
    ['a split that is missing', () => ({ evaluationSplit: 'validation' }), /no validation split/],
  ]
  test.each(refused)('refuses %s before the features are computed', async (_, change, message) => {
    const options = await setUp()
    let started = false
    const onProgress = () => {
      started = true
    }
    await expect(fineTune({ ...options, onProgress, ...change(options) })).rejects.toMatchObject({
      name: 'DblossError',
      message: expect.stringMatching(message),
    })
    expect(started).toBe(false)
  })

  test('refuses a class that every image carries before the features are computed', async () => {
    const options = await setUp()
    await writePictures(join(options.data, 'train'), cycle(6, [['red'], ['red', 'blue', 'green']]))
    await expect(fineTune(options)).rejects.toMatchObject({ name: 'DblossError', code: 'statistics' })
  })
})

describe('the pipeline', () => {
  async function trained() {
    const options = await setUp()
    await fineTune(options)
    const classify = await multiLabelPipeline(options.output)
    onTestFinished(() => classify.dispose())
    return { classify, folder: join(options.data, 'test') }
  }

  test('selects by threshold and by number', async () => {
    const { classify, folder } = await trained()
    const image = join(folder, '2.jpg')
    const labels = await classify(image)
    expect(labels.map(({ label }) => label).sort()).toEqual(['blue', 'red'])
    expect(await classify(image, { topK: 1 })).toEqual(labels.slice(0, 1))
    expect(await classify(image, { topK: 9 })).toHaveLength(3)
    expect(await classify(image, { threshold: 1 })).toEqual([])
    expect(await classify([], { threshold: 1 })).toEqual([])
    await expect(classify(image, { threshold: 2 })).rejects.toThrow(
      'threshold is 2; expected a number at least 0 and at most 1',
    )
    await expect(classify(image, { topK: 0 })).rejects.toThrow('topK is 0')
  })

  test('takes paths, URLs, blobs and decoded images, one or many', async () => {
    const { classify, folder } = await trained()
    mkdirSync(join(folder, 'with space'))
    const image = join(folder, 'with space', 'ä #1.jpg')
    writeFileSync(image, readFileSync(join(folder, '0.jpg')))
    const expected = await classify(image)
    expect(await classify(pathToFileURL(image))).toEqual(expected)
    expect(await classify(new Blob([readFileSync(image)]))).toEqual(expected)
    expect(await classify(await RawImage.read(image))).toEqual(expected)
    const many = await classify(Array.from({ length: 20 }, () => image))
    expect(many).toHaveLength(20)
    expect(many[19]!.map(({ label }) => label)).toEqual(expected.map(({ label }) => label))
  })

  test('names an image that cannot be read, and a model that cannot be loaded', async () => {
    const { classify, folder } = await trained()
    const cut = join(folder, 'cut.jpg')
    writeFileSync(cut, truncated(readFileSync(join(folder, '0.jpg'))))
    await expect(classify([join(folder, '1.jpg'), cut])).rejects.toMatchObject({
      name: 'DblossError',
      code: 'data',
      message: expect.stringContaining(cut),
    })
    await expect(multiLabelPipeline(folder)).rejects.toMatchObject({ name: 'DblossError', code: 'model' })
    await expect(multiLabelPipeline('./no/such/folder')).rejects.toThrow(/there is no folder/)
  })
})

/** The first four fifths of a file: the drawn pictures have a few hundred bytes only. */
function truncated(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(0.8 * bytes.length))
}
