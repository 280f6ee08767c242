import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createRandom } from '@dbloss/core'
import { describe, expect, test } from 'vitest'
import type { FineTuneOptions } from '../../src/fine-tuning/options.ts'
import { model, pooled } from '../support/models.ts'
import { blockModel } from './support/block-model.ts'
import { type FolderOptions, setUp } from './support/set-up.ts'

const kills = Number(process.env.DBLOSS_KILLS ?? 3)
const program = fileURLToPath(new URL('./support/fine-tune-program.ts', import.meta.url))
const nodeOptions = ['--conditions', '@dbloss/source', '--import', import.meta.resolve('tsx')]

/** Fine-tunes until it is done, or killed some milliseconds after so many epochs. */
async function live(options: FineTuneOptions, killAt?: { epochs: number; milliseconds: number }) {
  const child = spawn(process.execPath, [...nodeOptions, program, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<readonly [code: number | null, signal: string | null]>((resolve) =>
    child.on('close', (code, signal) => resolve([code, signal])),
  )
  let epochs = 0
  let timer: NodeJS.Timeout | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    expect(line).toMatch(/^epoch /)
    epochs++
    if (killAt !== undefined && epochs >= killAt.epochs) {
      timer ??= setTimeout(() => child.kill('SIGKILL'), killAt.milliseconds)
    }
  }
  const [code, signal] = await ended
  clearTimeout(timer)
  expect(signal === 'SIGKILL' || code === 0, `exit code ${code}, ${signal}`).toBe(true)
  return { killed: signal === 'SIGKILL', epochs }
}

const saved = ['config.json', 'onnx/model.onnx', 'predictions.jsonl', 'README.md']

function contents(output: string): string[] {
  return saved.map((file) => readFileSync(join(output, file), 'base64'))
}

describe('fine-tuning as a process', () => {
  test(`that is killed ${kills} times ends with the model of one that is not`, {
    timeout: 60_000 + kills * 20_000,
  }, async () => {
    const options: FolderOptions = {
      ...(await setUp({ bytes: blockModel() })),
      ...{ epochs: 120, trainableBlocks: 1, blockEpochs: 80, blockBatchSize: 8, blockLearningRate: 0.01 },
      ...{ loss: 'db', compare: [{ loss: 'bce' }], earlyStopping: { metric: 'loss' }, overwrite: true },
    }
    const root = dirname(options.output)
    const whole = await live(options)
    const expected = contents(options.output)
    const random = createRandom(kills)
    let killed = 0
    let fewest = whole.epochs
    for (let round = 0; killed < kills; round++) {
      const again = {
        ...options,
        output: join(root, `round-${round}`),
        checkpoints: join(root, 'checkpoints'),
        resume: true,
      }
      for (;;) {
        const moment = { epochs: 1 + random.integer(whole.epochs), milliseconds: 40 * random.next() }
        const life = await live(again, killed < kills ? moment : undefined)
        if (!life.killed) {
          fewest = Math.min(fewest, life.epochs)
          break
        }
        killed++
      }
      expect(contents(again.output)).toEqual(expected)
      const left = readdirSync(root).filter((name) => !/^(photos|backbone|model|round-\d+)$/.test(name))
      expect(left, 'half-written files').toEqual([])
    }
    // It did go on, and not just begin again.
    expect(fewest).toBeLessThan(whole.epochs)
  })

  /** Runs with a limit of so many KiB a file, which stands for a full disk: the write fails in the middle. */
  function runLimited(kibibytes: number, options: FineTuneOptions): string {
    const command = `ulimit -f ${kibibytes}; exec "$@"`
    const args = [process.execPath, ...nodeOptions, program, JSON.stringify(options)]
    const { stdout } = spawnSync('bash', ['-c', command, 'bash', ...args], {
      encoding: 'utf8',
      // The loader's own files are not to meet the limit.
      env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    })
    return stdout
  }

  /** A backbone of 40 KiB. */
  const largeModel = () =>
    model((graph, pixels) => {
      const weights = graph.initializer('large', new Float32Array(8 * 1250).fill(0.1), [8, 1250])
      graph.output('pooler_output', graph.node('MatMul', [pooled(graph, pixels), weights]), 'float', ['batch', 1250])
    })

  test('without room for the model ends with a clear error, nothing half-written, and checkpoints to go on from', async () => {
    const options = { ...(await setUp({ bytes: largeModel() })), epochs: 2 }
    const root = dirname(options.output)
    expect(runLimited(32, options)).toMatch(/^output .*model cannot be written: EFBIG/m)
    expect(readdirSync(root).sort()).toEqual(['backbone', 'photos'])
    const checkpoints = join(root, 'checkpoints')
    expect(runLimited(50, { ...options, checkpoints })).toMatch(/^output .*model cannot be written: EFBIG/m)
    expect(readdirSync(root).sort()).toEqual(['backbone', 'checkpoints', 'photos'])
    const { epochs } = await live({ ...options, checkpoints, resume: true })
    expect(epochs).toBe(0)
    expect(existsSync(join(options.output, 'config.json'))).toBe(true)
  })

  test('without room for a checkpoint ends with a clear error', async () => {
    const options = { ...(await setUp({ bytes: largeModel() })), epochs: 2 }
    const checkpoints = join(dirname(options.output), 'checkpoints')
    expect(runLimited(16, { ...options, checkpoints })).toMatch(
      /^output cannot write .*run-0-head\.safetensors: EFBIG/m,
    )
    expect(readdirSync(checkpoints)).toEqual(['settings.json'])
    expect(existsSync(options.output)).toBe(false)
  })
})
