import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { featureCount, poolerModel, writeModel } from '../support/models.ts'

const imageCount = Number(process.env.DBLOSS_SOAK_IMAGES ?? 800)
const program = fileURLToPath(new URL('./support/extract-program.ts', import.meta.url))
const nodeOptions = ['--expose-gc', '--conditions', '@dbloss/source', '--import', import.meta.resolve('tsx')]

/** Extracts to the end; resolves to the resident bytes when a fifth was done, and at the end. */
async function memoryOf(args: readonly string[]): Promise<readonly number[]> {
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  let memory: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('memory ')) memory = line.split(' ').slice(1).map(Number)
  }
  expect(await ended).toBe(0)
  return memory
}

describe('extraction as a process', () => {
  test(`of ${imageCount} images keeps its memory`, { timeout: 60_000 + 100 * imageCount }, async () => {
    const folder = temporaryFolder()
    const model = writeModel(join(folder, 'model'), poolerModel())
    const [warm, end] = (await memoryOf([model, join(folder, 'cache'), String(imageCount)])) as [number, number]
    // What is kept an image: its key in 64 characters, its place in the maps and a view on its row; below 1 KiB.
    const kept = imageCount * (1024 + 4 * featureCount)
    // Pools of the allocator and of sharp come and go by some MiB.
    expect(end - warm).toBeLessThan(kept + 24 * 2 ** 20)
  })

  test('without room for a shard ends with a clear error, and nothing half-written', () => {
    const folder = temporaryFolder()
    const model = writeModel(join(folder, 'model'), poolerModel())
    const cache = join(folder, 'cache')
    mkdirSync(cache)
    // A limit of 16 KiB a file stands for a full disk: the write fails in the middle.
    const command = `ulimit -f 16; exec "$@"`
    const args = [process.execPath, ...nodeOptions, program, model, cache, '600']
    const { stdout } = spawnSync('bash', ['-c', command, 'bash', ...args], {
      encoding: 'utf8',
      // The loader's own files are not to meet the limit.
      env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    })
    expect(stdout).toMatch(/^output cannot write .*\.safetensors: EFBIG/m)
    const [place] = readdirSync(cache)
    expect(readdirSync(join(cache, place!))).toEqual([])
  })
})
