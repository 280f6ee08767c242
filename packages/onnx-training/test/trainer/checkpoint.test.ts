import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createRandom, type DblossErrorCode, type RandomState } from '@dbloss/core'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import {
  adamW,
  decodeSafetensors,
  encodeSafetensors,
  graphOf,
  type ModelProto,
  sgd,
  type Trainer,
  type TrainerOptions,
} from '../../src/index.ts'
import { createSmallTrainer } from './support/create.ts'
import { smallBatch } from './support/small-batch.ts'
import { smallModel } from './support/small-model.ts'

/** Steps on batches that depend on the number of the step alone. */
async function run(trainer: Trainer, until: number): Promise<void> {
  while (trainer.stepCount < until) await trainer.step(smallBatch(4, trainer.stepCount))
}

describe('a checkpoint', () => {
  test.each<[string, Partial<TrainerOptions>]>([
    ['AdamW, averages', { optimizer: adamW({ learningRate: 0.01, clipNorm: 0.1 }), averageDecay: 0.9 }],
    ['SGD with momentum', { optimizer: sgd({ learningRate: 0.1 }) }],
    ['AdamW in float32', { optimizer: adamW({ learningRate: 0.01 }), model: smallModel('float32') }],
  ])('lets another trainer go on bit for bit: %s', async (_, options) => {
    const path = join(temporaryFolder(), 'checkpoint.safetensors')
    const [whole, first, second] = await Promise.all([0, 1, 2].map(() => createSmallTrainer(options)))
    await run(whole!, 8)
    await run(first!, 3)
    await first!.saveCheckpoint(path)
    await run(first!, 5)
    expect(await second!.loadCheckpoint(path)).toBeNull()
    expect(second!.stepCount).toBe(3)
    await run(second!, 8)
    const [expected, got] = [await whole!.state(), await second!.state()]
    expect(got).toEqual(expected)
    // toEqual takes 0 and −0 for the same; bytes do not.
    for (const [name, values] of Object.entries(expected.tensors)) {
      expect(Buffer.from(got.tensors[name]!.buffer).equals(Buffer.from(values.buffer)), name).toBe(true)
    }
    for (const trainer of [whole!, first!, second!]) await trainer.dispose()
  })

  test('keeps what else training goes on from, as the random state of a sampler', async () => {
    const path = join(temporaryFolder(), 'checkpoint.safetensors')
    const trainer = await createSmallTrainer()
    const random = createRandom(5)
    random.next()
    const extra = { random: random.state(), epoch: 3, name: 'wörter "quoted"\n', list: [null, true, 1.5e-300] }
    await trainer.saveCheckpoint(path, extra)
    const loaded = (await trainer.loadCheckpoint(path)) as { random: RandomState }
    expect(loaded).toEqual(extra)
    expect(createRandom(loaded.random).next()).toBe(random.next())
    await trainer.dispose()
  })

  test('is a safetensors file with the tensors of the state', async () => {
    const path = join(temporaryFolder(), 'checkpoint.safetensors')
    const trainer = await createSmallTrainer({ optimizer: adamW() })
    await run(trainer, 2)
    await trainer.saveCheckpoint(path)
    const { tensors, metadata } = decodeSafetensors(readFileSync(path))
    const state = await trainer.state()
    expect(metadata.step).toBe('2')
    expect(Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]))).toEqual(state.tensors)
    await trainer.dispose()
  })

  test('is of the moment of the call, whatever steps come after', async () => {
    const path = join(temporaryFolder(), 'checkpoint.safetensors')
    const trainer = await createSmallTrainer()
    const calls = [trainer.step(smallBatch(4, 1)), trainer.saveCheckpoint(path), trainer.step(smallBatch(4, 2))]
    await Promise.all(calls)
    await trainer.loadCheckpoint(path)
    expect(trainer.stepCount).toBe(1)
    await trainer.dispose()
  })
})

describe('a file is refused, and the state stays, where it is', () => {
  const elsewhere: Record<string, Partial<TrainerOptions>> = {
    'of another optimizer': { optimizer: adamW() },
    'of other weights': { trainable: /head/ },
    'of another precision': { model: smallModel('float32') },
    'of averages': { averageDecay: 0.5 },
    'of other frozen weights': { model: withOtherStem() },
  }

  function withOtherStem(): ModelProto {
    const model = smallModel()
    const [stem] = graphOf(model).initializer
    stem!.rawData![0]! ^= 1
    return model
  }

  async function refused(path: string, code: DblossErrorCode, message: string): Promise<void> {
    const trainer = await createSmallTrainer()
    await run(trainer, 1)
    const before = await trainer.state()
    await expect(trainer.loadCheckpoint(path)).rejects.toThrow(
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
    )
    expect(await trainer.state()).toEqual(before)
    await trainer.dispose()
  }

  test.each(Object.entries(elsewhere))('%s', async (_, options) => {
    const path = join(temporaryFolder(), 'checkpoint.safetensors')
    const other = await createSmallTrainer(options)
    await other.saveCheckpoint(path)
    await other.dispose()
    await refused(path, 'argument', 'the checkpoint is of another training')
  })

  test('missing', () => refused(join(temporaryFolder(), 'missing'), 'data', 'missing'))

  test('no safetensors file', async () => {
    const path = join(temporaryFolder(), 'text')
    writeFileSync(path, 'not a checkpoint, but a text that is long enough to have a header')
    await refused(path, 'data', 'expected')
  })

  test('a safetensors file of something else', async () => {
    const path = join(temporaryFolder(), 'weights.safetensors')
    const tensors = { weight: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } } as const
    writeFileSync(path, Buffer.concat(encodeSafetensors(tensors)))
    await refused(path, 'data', 'of no checkpoint')
  })

  test('truncated, at any place', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'checkpoint.safetensors')
    const trainer = await createSmallTrainer()
    await run(trainer, 1)
    await trainer.saveCheckpoint(path)
    const before = await trainer.state()
    const { length } = readFileSync(path)
    for (const size of [0, 7, 8, 100, Math.floor(length / 2), length - 1]) {
      const cut = join(folder, `cut-${size}`)
      copyFileSync(path, cut)
      truncateSync(cut, size)
      await expect(trainer.loadCheckpoint(cut), `${size} bytes`).rejects.toThrow(
        expect.objectContaining({ name: 'DblossError', code: 'data' }),
      )
    }
    expect(await trainer.state()).toEqual(before)
    await trainer.dispose()
  })
})

describe('where a checkpoint cannot be written', () => {
  test('a folder that is not there: error output, and training goes on', async () => {
    const trainer = await createSmallTrainer()
    const path = join(temporaryFolder(), 'missing', 'checkpoint.safetensors')
    await expect(trainer.saveCheckpoint(path)).rejects.toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'output', message: expect.stringContaining(path) }),
    )
    expect(existsSync(path)).toBe(false)
    await run(trainer, 1)
    await trainer.dispose()
  })

  test('the old file is left as it was, and nothing beside it', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'checkpoint.safetensors')
    const trainer = await createSmallTrainer()
    await trainer.saveCheckpoint(path)
    const before = readFileSync(path)
    await run(trainer, 1)
    // JSON has no such numbers, so that the file cannot be put together.
    await expect(trainer.saveCheckpoint(path, { samples: 1n })).rejects.toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'argument', message: expect.stringContaining('extra') }),
    )
    expect(readFileSync(path).equals(before)).toBe(true)
    // A folder in the place of the file cannot be replaced by one: the last moment at which writing can fail.
    rmSync(path)
    mkdirSync(path)
    writeFileSync(join(path, 'inside'), 'kept')
    await expect(trainer.saveCheckpoint(path)).rejects.toThrow(expect.objectContaining({ code: 'output' }))
    expect(readdirSync(folder)).toEqual(['checkpoint.safetensors'])
    expect(readFileSync(join(path, 'inside'), 'utf8')).toBe('kept')
    await trainer.dispose()
  })
})
