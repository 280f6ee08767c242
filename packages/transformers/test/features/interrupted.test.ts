import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createRandom } from '@dbloss/core'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { featureCount, poolerModel, writeModel } from '../support/models.ts'

const kills = Number(process.env.DBLOSS_KILLS ?? 3)
const imageCount = Number(process.env.DBLOSS_SOAK_IMAGES ?? 800)
const program = fileURLToPath(new URL('./support/extract-program.ts', import.meta.url))
const nodeOptions = ['--expose-gc', '--conditions', '@dbloss/source', '--import', import.meta.resolve('tsx')]

interface Life {
  readonly killed: boolean
  /** Images that went through the model; known of a life that was not killed. */
  readonly computed: number
  /** Resident bytes when a fifth was done, and at the end. */
  readonly memory: readonly number[]
}

/** Extracts until it is done, or killed some milliseconds after so many images. */
async function live(args: readonly string[], killAt?: { done: number; milliseconds: number }): Promise<Life> {
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<readonly [code: number | null, signal: string | null]>((resolve) =>
    child.on('close', (code, signal) => resolve([code, signal])),
  )
  let computed = Number.NaN
  let memory: number[] = []
  let timer: NodeJS.Timeout | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, ...numbers] = line.split(' ')
    if (word === 'computed') computed = Number(numbers[0])
    if (word === 'memory') memory = numbers.map(Number)
    if (word === 'progress' && killAt !== undefined && Number(numbers[0]) >= killAt.done) {
      timer ??= setTimeout(() => child.kill('SIGKILL'), killAt.milliseconds)
    }
  }
  const [code, signal] = await ended
  clearTimeout(timer)
  expect(signal === 'SIGKILL' || code === 0, `exit code ${code}, ${signal}`).toBe(true)
  return { killed: signal === 'SIGKILL', computed, memory }
}

describe('extraction as a process', () => {
  test(`that is killed ${kills} times ends with the features of one that is not`, {
    timeout: 60_000 + kills * 20_000,
  }, async () => {
    const folder = temporaryFolder()
    const model = writeModel(join(folder, 'model'), poolerModel())
    const count = 1100
    const argsOf = (cache: string) => [model, join(folder, cache), String(count), join(folder, `${cache}.bin`)]
    const whole = await live(argsOf('whole'))
    expect(whole.computed).toBe(count)
    const expected = readFileSync(join(folder, 'whole.bin'))

    const random = createRandom(kills)
    let [killed, round] = [0, 0]
    const computed: number[] = []
    while (killed < kills || computed.length === 0) {
      const args = argsOf(`round-${round}`)
      const moment = { done: random.integer(count), milliseconds: 20 * random.next() }
      const life = await live(args, killed < kills ? moment : undefined)
      if (life.killed) {
        killed++
        continue
      }
      computed.push(life.computed)
      expect(readFileSync(args[3]!).equals(expected), 'the same features, bit for bit').toBe(true)
      const [place] = readdirSync(args[1]!)
      const left = readdirSync(join(args[1]!, place!)).filter((name) => !/^[0-9a-f]{64}\.safetensors$/.test(name))
      expect(left, 'half-written files').toEqual([])
      round++
    }
    // It did go on, and not just begin again.
    expect(Math.min(...computed)).toBeLessThan(count)
  })

  test(`of ${imageCount} images keeps its memory`, { timeout: 60_000 + 100 * imageCount }, async () => {
    const folder = temporaryFolder()
    const model = writeModel(join(folder, 'model'), poolerModel())
    const { memory } = await live([model, join(folder, 'cache'), String(imageCount), join(folder, 'features.bin')])
    const [warm, end] = memory as [number, number]
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
    const args = [process.execPath, ...nodeOptions, program, model, cache, '600', join(folder, 'features.bin')]
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
