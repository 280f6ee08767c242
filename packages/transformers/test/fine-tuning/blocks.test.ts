import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { evaluate, namedLoss } from '@dbloss/core'
import { DATA_TYPE, decodeModel, graphOf, tensorData } from '@dbloss/onnx-training'
import { AutoImageProcessor, AutoModelForImageClassification, RawImage } from '@huggingface/transformers'
import { describe, expect, test } from 'vitest'
import { fineTune } from '../../src/fine-tuning/fine-tune.ts'
import { readPredictions } from '../../src/predictions/read-predictions.ts'
import type { Progress } from '../../src/progress.ts'
import { inHalfPrecision } from '../backbone/support/precisions.ts'
import { blockModel } from './support/block-model.ts'
import { type FolderOptions, setUp } from './support/set-up.ts'

async function blockSetUp(): Promise<FolderOptions> {
  const options = await setUp({ bytes: blockModel() })
  return { ...options, epochs: 3, trainableBlocks: 1, blockEpochs: 4, blockBatchSize: 8, blockLearningRate: 0.01 }
}

/** The weights of a saved model by name. */
function weightsIn(folder: string): Map<string, Float32Array> {
  const { initializer } = graphOf(decodeModel(readFileSync(join(folder, 'onnx/model.onnx'))))
  const named = initializer.filter(({ name }) => /encoder|embeddings|dbloss-head/.test(name!))
  return new Map(named.map((tensor) => [tensor.name!, tensorData(tensor) as Float32Array]))
}

describe('training the last blocks', () => {
  test('starts from the trained head, lowers its loss, and changes no other block', async () => {
    const options = await blockSetUp()
    const { output: _, trainableBlocks: __, ...alone } = options
    const head = await fineTune(alone)
    const seen: Progress[] = []
    const { runs } = await fineTune({ ...options, onProgress: (now) => seen.push(now) })
    const { training, lossCurve } = runs[0]!
    expect(training.head).toEqual(head.runs[0]!.training.head)
    expect(training.blocks).toMatchObject({ keptEpoch: 4 })
    expect(lossCurve).toEqual([...training.head.lossCurve, ...training.blocks!.lossCurve])
    expect(training.blocks!.lossCurve.at(-1)!).toBeLessThan(training.head.lossCurve.at(-1)!)
    expect(runs[0]!.head).not.toEqual(head.runs[0]!.head)

    const [before, after] = [weightsIn(options.model), weightsIn(options.output)]
    const changed = [...before].filter(
      ([name, values]) => !Buffer.from(values.buffer).equals(Buffer.from(after.get(name)!.buffer)),
    )
    expect(changed.map(([name]) => name)).toEqual(['encoder.layer.2.weight', 'encoder.layer.2.bias'])
    expect(after.get('dbloss-head/weights')).toEqual(runs[0]!.head.weights)
    expect(seen.filter(({ phase }) => phase === 'frozen').at(-1)).toMatchObject({ done: 60, total: 60 })
    expect(seen.filter(({ phase }) => phase === 'blocks').map(({ done }) => done)).toEqual([0, 1, 2, 3, 4])
  })

  test.each([{}, { averageDecay: 0.8 }, { earlyStopping: { metric: 'loss' } }] as const)(
    'with %j, the saved model gives the logits that were measured',
    async (more) => {
      const options = await blockSetUp()
      const { runs } = await fineTune({ ...options, ...more, blockLearningRate: 0.3 })
      const { scored } = await readPredictions(join(options.output, 'predictions.jsonl'))
      const model = await AutoModelForImageClassification.from_pretrained(options.output)
      const processor = await AutoImageProcessor.from_pretrained(options.output)
      for (const { file, logits } of scored.slice(0, 6)) {
        const { pixel_values } = await processor(await RawImage.read(join(options.data, file)))
        const { data } = (await model({ pixel_values })).logits
        for (const [index, value] of Array.from(logits[runs[0]!.name]!).entries()) {
          // The whole model and its trained part add up float32 products of size 1 in another order.
          expect(Math.abs(data[index] - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)))
        }
      }
      await model.dispose()
    },
  )

  test('keeps the best epoch of the blocks', async () => {
    const options = await blockSetUp()
    const change = { blockLearningRate: 0.5, blockEpochs: 8, earlyStopping: { metric: 'loss' } } as const
    const { runs, statistics } = await fineTune({ ...options, ...change })
    const { validationCurve, keptEpoch } = runs[0]!.training.blocks!
    const losses = validationCurve.map(({ loss }) => loss)
    expect(keptEpoch).toBe(1 + losses.indexOf(Math.min(...losses)))
    expect(keptEpoch).toBeLessThan(8)
    const { scored } = await readPredictions(join(options.output, 'predictions.jsonl'))
    const validation = scored.filter(({ split }) => split === 'validation')
    const { value } = evaluate(namedLoss('distribution-balanced', statistics), {
      logits: Float32Array.from(validation.flatMap(({ logits }) => Array.from(logits[runs[0]!.name]!))),
      labels: Float32Array.from(
        validation.flatMap(({ labels }) => [0, 1, 2].map((index) => Number(labels.includes(index)))),
      ),
      batchSize: validation.length,
    })
    // The curve is computed in float32: the last epoch is told apart from the best by more than that.
    expect(value / losses[keptEpoch - 1]!).toBeCloseTo(1, 5)
    expect(losses.at(-1)! / value).toBeGreaterThan(1.0001)
  })

  test('averages the weights, and gives the same to the byte for the same seed', async () => {
    const options = await blockSetUp()
    const bytesOf = async (name: string, more: object) => {
      const output = `${options.output}-${name}`
      await fineTune({ ...options, ...more, output })
      return readFileSync(join(output, 'onnx/model.onnx'))
    }
    const plain = await bytesOf('plain', {})
    expect(await bytesOf('again', {})).toEqual(plain)
    expect(await bytesOf('zero', { averageDecay: 0 })).toEqual(plain)
    expect(await bytesOf('averaged', { averageDecay: 0.9 })).not.toEqual(plain)
    expect(await bytesOf('seed', { seed: 4 })).not.toEqual(plain)
  })

  test('keeps what the frozen blocks give in the cache, finds it again, and computes what was damaged', async () => {
    const options = await blockSetUp()
    const cache = join(options.data, '../cache')
    const bytesOf = async (name: string, more: object) => {
      const output = `${options.output}-${name}`
      await fineTune({ ...options, ...more, output })
      return readFileSync(join(output, 'onnx/model.onnx'))
    }
    const inMemory = await bytesOf('memory', {})
    expect(await bytesOf('first', { cache })).toEqual(inMemory)
    const place = join(cache, readdirSync(cache).find((name) => name.endsWith('-last-1'))!)
    const rows = readdirSync(place)
    // The pictures of the three splits are the same ones in part.
    expect(rows).toHaveLength(36)
    const untouched = readFileSync(join(place, rows[1]!))
    const damaged = Buffer.from(readFileSync(join(place, rows[0]!)))
    damaged[damaged.length - 1]! ^= 1
    writeFileSync(join(place, rows[0]!), damaged)
    writeFileSync(join(place, rows[2]!), 'cut')
    expect(await bytesOf('again', { cache })).toEqual(inMemory)
    expect(readFileSync(join(place, rows[0]!))).not.toEqual(damaged)
    expect(readFileSync(join(place, rows[1]!))).toEqual(untouched)
  })

  test('of a backbone in half precision leaves its weights in half precision', async () => {
    const options = await blockSetUp()
    writeFileSync(join(options.model, 'onnx/model_fp16.onnx'), inHalfPrecision(blockModel()))
    await fineTune({ ...options, dtype: 'fp16' })
    const blockIn = (file: string) => {
      const { initializer } = graphOf(decodeModel(readFileSync(file)))
      const block = initializer.filter(({ name }) => name!.startsWith('encoder.layer.2'))
      return block.map(({ name, dataType, rawData }) => ({ name, dataType, rawData }))
    }
    const before = blockIn(join(options.model, 'onnx/model_fp16.onnx'))
    const after = blockIn(join(options.output, 'onnx/model.onnx'))
    expect(after.map(({ dataType }) => dataType)).toEqual([DATA_TYPE.float16, DATA_TYPE.float16])
    expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name))
    expect(after).not.toEqual(before)
    const model = await AutoModelForImageClassification.from_pretrained(options.output)
    await model.dispose()
  })

  test.each([
    [
      'more blocks than the model has',
      { trainableBlocks: 9 },
      /trainable.lastBlocks is 9 but the names of the weights tell 3/,
    ],
    [
      'weights of 8 bits',
      { dtype: 'q8' as const },
      /weights of 8 bits cannot be trained; expected the dtype fp32 or fp16/,
    ],
    ['half a block', { trainableBlocks: 0.5 }, /trainableBlocks is 0.5/],
    ['no epochs', { blockEpochs: 0 }, /blockEpochs is 0/],
    ['no batch', { blockBatchSize: 0 }, /blockBatchSize is 0/],
    ['no learning rate', { blockLearningRate: 0 }, /blockLearningRate is 0/],
    ['a decay of 1', { averageDecay: 1 }, /averageDecay is 1/],
    ['an average without blocks', { trainableBlocks: 0, averageDecay: 0.9 }, /averageDecay is given but no blocks/],
  ])('refuses %s before the features are computed', async (_, change, message) => {
    let started = false
    const onProgress = () => {
      started = true
    }
    await expect(fineTune({ ...(await blockSetUp()), ...change, onProgress })).rejects.toMatchObject({
      name: 'DblossError',
      message: expect.stringMatching(message),
    })
    expect(started).toBe(false)
  })
})
