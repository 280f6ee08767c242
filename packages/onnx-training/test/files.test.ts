import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createRandom } from '@dbloss/core'
import { type BuildOptions, build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test-support/temporary-folder.ts'
import { readFile, writeFileAtomic } from '../src/files/node.ts'
import { readModelFile } from '../src/index.ts'

const kills = Number(process.env.DBLOSS_KILLS ?? 5)
const writeModels = new URL('./support/write-models.ts', import.meta.url)

/** A program with all that it imports, from sources, as a file of a temporary folder. */
async function programOf(entry: URL, options: BuildOptions): Promise<string> {
  const outfile = join(temporaryFolder(), 'program.mjs')
  await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    outfile,
    format: 'esm',
    conditions: ['@dbloss/source'],
    logLevel: 'error',
    ...options,
  })
  return outfile
}

/** As many bytes as a checkpoint may have, all the same. */
const content = (byte: number) => [new Uint8Array(100_000).fill(byte), new Uint8Array(3).fill(byte)]

describe('a file that is written as a whole', () => {
  test('has all parts, replaces an older one, and leaves nothing beside it', async () => {
    const path = join(temporaryFolder(), 'state')
    await writeFileAtomic(path, content(1))
    await writeFileAtomic(path, [])
    expect(await readFile(path)).toHaveLength(0)
    await writeFileAtomic(path, content(2))
    expect(new Uint8Array(await readFile(path))).toEqual(new Uint8Array(100_003).fill(2))
    expect(readdirSync(join(path, '..'))).toEqual(['state'])
  })

  test('takes away what dead processes have left of it, and only that', async () => {
    const folder = temporaryFolder()
    const { pid: dead } = spawnSync('true')
    const left = `.state.dbloss-new-${dead}-0123abcd`
    const kept = [
      `.other.dbloss-new-${dead}-0123abcd`,
      `.state.dbloss-new-${process.pid}-0123abcd`,
      '.state.dbloss-new-x',
    ]
    for (const name of [left, ...kept]) writeFileSync(join(folder, name), 'partial')
    await writeFileAtomic(join(folder, 'state'), content(1))
    expect(readdirSync(folder).sort()).toEqual([...kept, 'state'].sort())
  })

  test.each([
    ['its folder is missing', 'missing/state', /missing\/state: ENOENT/],
    ['its folder is a file', 'file/state', /file\/state: ENOTDIR/],
    ['it is a folder', 'folder', /folder: E/],
  ])('is refused where %s, and nothing is left', async (_, name, message) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), 'old')
    mkdirSync(join(folder, 'folder'))
    await expect(writeFileAtomic(join(folder, name), content(1))).rejects.toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'output', message: expect.stringMatching(message) }),
    )
    expect(readdirSync(folder).sort()).toEqual(['file', 'folder'])
  })

  test('leaves the older one where there is no room', async () => {
    const program = await programOf(writeModels, { platform: 'node' })
    const folder = temporaryFolder()
    const path = join(folder, 'model.onnx')
    writeFileSync(path, 'old')
    // A limit of 2 KiB a file stands for a full disk: the write fails in the middle.
    const { stdout } = spawnSync('bash', ['-c', `ulimit -f 2; exec node ${program} ${path} once`], { encoding: 'utf8' })
    expect(stdout).toMatch(/^output cannot write .*model\.onnx(_data)?: EFBIG/)
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['model.onnx'])
  })

  test.each(['inline', 'external'])(
    'is the older or the newer one after a kill at any time: a model with %s data',
    async (kind) => {
      const program = await programOf(writeModels, { platform: 'node' })
      const path = join(temporaryFolder(), 'model.onnx')
      const random = createRandom(5)
      for (let run = 0; run < kills; run++) {
        await killAfter(spawn('node', [program, path, kind]), 30 * random.next())
        const [first, ...others] = new Set((await readModelFile(path)).graph!.initializer[0]!.rawData)
        expect([first, others]).toEqual([expect.toSatisfy((byte) => byte === 1 || byte === 2), []])
      }
      // The next write leaves the model and its data alone.
      spawnSync('node', [program, path, kind, 'once'])
      expect(readdirSync(join(path, '..'))).toHaveLength(kind === 'inline' ? 1 : 2)
    },
    60_000 + 2000 * kills,
  )
})

/** Waits until the first model is there, and kills in the middle of the next ones. */
async function killAfter(child: ChildProcess, milliseconds: number): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await new Promise((resolve) => child.stdout!.once('data', resolve))
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  child.kill('SIGKILL')
  await ended
}

describe('a file is not read', () => {
  test.each([
    ['that is missing', 'missing', /missing: ENOENT/],
    ['that is a folder', '.', /it is not a file/],
  ])('%s', async (_, name, message) => {
    await expect(readFile(join(temporaryFolder(), name))).rejects.toThrow(
      expect.objectContaining({ code: 'data', message: expect.stringMatching(message) }),
    )
  })
})

describe('in a browser', () => {
  test('there is no code of Node, and paths are refused', async () => {
    const program = await programOf(new URL('../src/index.ts', import.meta.url), { platform: 'browser' })
    expect(readFileSync(program, 'utf8')).not.toMatch(/from ?["']node:|require\(/)
    const browser = (await import(pathToFileURL(program).href)) as typeof import('../src/index.ts')
    const refused = expect.objectContaining({
      code: 'argument',
      message: expect.stringContaining('pass bytes instead'),
    })
    await expect(browser.readModelFile('model.onnx')).rejects.toThrow(refused)
    await expect(browser.writeModelFile('model.onnx', new browser.GraphBuilder('x').toModel())).rejects.toThrow(refused)
  })
})
