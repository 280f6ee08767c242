import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fineTune } from '../../src/fine-tuning/fine-tune.ts'
import type { FineTuneOptions } from '../../src/fine-tuning/options.ts'
import { model, pooled } from '../support/models.ts'
import { setUp } from './support/set-up.ts'

const program = fileURLToPath(new URL('./support/fine-tune-program.ts', import.meta.url))
const nodeOptions = ['--conditions', '@dbloss/source', '--import', import.meta.resolve('tsx')]

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
  const onEpoch = () => expect.unreachable('it was trained already')
  await fineTune({ ...options, checkpoints, resume: true, onEpoch })
  expect(existsSync(join(options.output, 'config.json'))).toBe(true)
})

test('without room for a checkpoint ends with a clear error', async () => {
  const options = { ...(await setUp({ bytes: largeModel() })), epochs: 2 }
  const checkpoints = join(dirname(options.output), 'checkpoints')
  expect(runLimited(16, { ...options, checkpoints })).toMatch(/^output cannot write .*run-0-head\.safetensors: EFBIG/m)
  expect(readdirSync(checkpoints)).toEqual(['settings.json'])
  expect(existsSync(options.output)).toBe(false)
})
