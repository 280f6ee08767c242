import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '@dbloss/core'
import { describe, expect, test } from 'vitest'
import { droppingLoss, remindingLoss } from '../../../../test-support/sourced-losses.ts'
import { fineTune } from '../../src/fine-tuning/fine-tune.ts'
import type { FineTuneOptions } from '../../src/fine-tuning/options.ts'
import type { FineTuneResult } from '../../src/fine-tuning/result.ts'
import { cycle, writePictures } from '../support/pictures.ts'
import { blockModel } from './support/block-model.ts'
import { setUp } from './support/set-up.ts'

async function withCheckpoints(bytes?: Uint8Array) {
  const options = await setUp(bytes === undefined ? {} : { bytes })
  const checkpoints = join(options.data, '../checkpoints')
  const compare = [{ loss: 'bce', sampler: 'class-aware' }] as const
  return { ...options, loss: 'db' as const, compare, checkpoints }
}

/** All that a result says, but for where it is. */
function contentOf({ output: _, ...result }: FineTuneResult) {
  return result
}

/** Fine-tunes, and aborts when so many epochs have been told of. */
async function abortAfter(epochs: number, options: FineTuneOptions): Promise<void> {
  const controller = new AbortController()
  let seen = 0
  const onEpoch = () => {
    if (++seen === epochs) controller.abort(new Error('enough'))
  }
  await expect(fineTune({ ...options, signal: controller.signal, onEpoch })).rejects.toThrow('enough')
}

describe('a training that was aborted', () => {
  /** Random numbers in one run, running statistics in the other. */
  const sourced = { loss: () => droppingLoss(), compare: [{ loss: () => remindingLoss(), sampler: 'class-aware' }] }
  const cases: [name: string, more: object, epochs: number, bytes?: Uint8Array][] = [
    ['heads', {}, 24],
    ['heads with early stopping', { learningRate: 1, earlyStopping: { metric: 'map', patience: 5 } }, 10],
    ['heads, of losses with sources, whose learning rate is found', { ...sourced, learningRate: 'find' }, 24],
    [
      'blocks, of losses with sources',
      { ...sourced, epochs: 2, trainableBlocks: 1, blockEpochs: 5, blockLearningRate: 0.01 },
      14,
      blockModel(),
    ],
    [
      'blocks that are averaged and kept at their best',
      {
        ...{ epochs: 2, trainableBlocks: 2, blockEpochs: 5, blockLearningRate: 0.5, averageDecay: 0.5 },
        earlyStopping: { metric: 'loss' },
      },
      14,
      blockModel(),
    ],
  ]
  test.each(cases)('of %s goes on to the same result, to the byte', async (_, more, epochs, bytes) => {
    const options = { ...(await withCheckpoints(bytes)), ...more }
    const { checkpoints, output } = options
    const whole = await fineTune({ ...options, output: `${output}-whole` })
    expect(existsSync(checkpoints)).toBe(false)
    const random = createRandom(epochs)
    for (let kill = 0; kill < 3; kill++) {
      await abortAfter(1 + random.integer(Math.floor(epochs / 3)), { ...options, resume: true })
      expect(existsSync(output)).toBe(false)
      expect(
        readdirSync(checkpoints).filter((name) => !/^(settings|run-\d-).*\.(json|safetensors)$/.test(name)),
      ).toEqual([])
      expect(readdirSync(checkpoints).length).toBeGreaterThan(1)
    }
    const resumed = await fineTune({ ...options, resume: true })
    expect(contentOf(resumed)).toEqual(contentOf(whole))
    for (const file of ['onnx/model.onnx', 'predictions.jsonl']) {
      expect(readFileSync(join(output, file))).toEqual(readFileSync(join(`${output}-whole`, file)))
    }
    expect(existsSync(checkpoints)).toBe(false)
  })
})

describe('checkpoints', () => {
  /** Options with the checkpoints of an aborted training. */
  async function interrupted() {
    const options = await withCheckpoints()
    await abortAfter(3, options)
    return options
  }

  test('are refused without resume, and kept', async () => {
    const options = await interrupted()
    const before = readdirSync(options.checkpoints)
    await expect(fineTune(options)).rejects.toMatchObject({
      code: 'output',
      message: expect.stringMatching(/has the checkpoints of a training that was interrupted; expected resume/),
    })
    expect(readdirSync(options.checkpoints)).toEqual(before)
  })

  const changes: [change: Partial<FineTuneOptions>, difference: RegExp][] = [
    [{ epochs: 13 }, /epochs is 12 there and 13 here/],
    [{ seed: 4 }, /seed is 3 there and 4 here/],
    [{ learningRate: 'find' }, /learningRate is 0.05 there and "find" here/],
    [{ earlyStopping: {} }, /earlyStopping is "none" there and {} here/],
    [{ batchSize: 8, weightDecay: 0 }, /batchSize is 16 there and 8 here; weightDecay is "default" there and 0 here/],
    [{ compare: [] }, /runs is \["db","bce\/class-aware"\] there and \["db"\] here; losses differs/],
    [{ loss: { name: 'db', parameters: { mu: 0.2 } } }, /losses differs/],
    [{ validation: 0 }, /validationImages differs/],
  ]
  test.each(changes)('of other settings than %j are refused with what differs', async (change, difference) => {
    const options = await interrupted()
    await expect(fineTune({ ...options, ...change, resume: true })).rejects.toMatchObject({
      code: 'argument',
      message: expect.stringMatching(difference),
    })
  })

  test('of other images are refused', async () => {
    const options = await interrupted()
    await writePictures(join(options.data, 'train'), cycle(30, [['red'], ['green'], ['blue', 'green'], []]))
    await expect(fineTune({ ...options, resume: true })).rejects.toThrow(/trainingImages differs/)
  })

  test('that a killed removal has left are not gone on from', async () => {
    const options = await interrupted()
    rmSync(join(options.checkpoints, 'settings.json'))
    const changed = { ...options, seed: 8 }
    const { checkpoints: _, ...fresh } = changed
    const expected = await fineTune({ ...fresh, output: `${options.output}-fresh` })
    expect(contentOf(await fineTune(changed))).toEqual(contentOf(expected))
    expect(existsSync(options.checkpoints)).toBe(false)
  })

  test('that are damaged are named, and nothing is begun anew in silence', async () => {
    const options = await interrupted()
    const file = join(options.checkpoints, 'run-0-head.safetensors')
    writeFileSync(file, readFileSync(file).subarray(0, 100))
    await expect(fineTune({ ...options, resume: true })).rejects.toMatchObject({ name: 'DblossError', code: 'data' })
    writeFileSync(join(options.checkpoints, 'settings.json'), '{')
    await expect(fineTune({ ...options, resume: true })).rejects.toThrow(/settings.json cannot be read/)
  })

  test('need a folder, in which other files stay', async () => {
    const options = await withCheckpoints()
    const { checkpoints, ...without } = options
    await expect(fineTune({ ...without, resume: true })).rejects.toThrow(/resume needs checkpoints/)
    writeFileSync(checkpoints, '')
    let started = false
    const onProgress = () => {
      started = true
    }
    await expect(fineTune({ ...options, onProgress })).rejects.toMatchObject({
      code: 'output',
      message: expect.stringContaining(checkpoints),
    })
    expect(started).toBe(false)
    const folder = `${checkpoints}-2`
    mkdirSync(folder)
    writeFileSync(join(folder, 'mine.txt'), '')
    await fineTune({ ...options, checkpoints: folder })
    expect(readdirSync(folder)).toEqual(['mine.txt'])
  })
})
