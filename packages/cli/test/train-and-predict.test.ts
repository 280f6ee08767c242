import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test-support/temporary-folder.ts'
import { poolerModel, writeModel } from '../../transformers/test/support/models.ts'
import { cycle, writePictures } from '../../transformers/test/support/pictures.ts'
import { dbloss } from './collect.ts'

async function setUp() {
  const root = temporaryFolder()
  const labelSets = [['red'], ['green'], ['red', 'blue'], [], ['blue']] as const
  await writePictures(join(root, 'photos/train'), cycle(30, labelSets))
  await writePictures(join(root, 'photos/test'), cycle(10, labelSets))
  writeModel(join(root, 'backbone'), poolerModel())
  const train = (...more: string[]): string[] => [
    'train',
    join(root, 'photos'),
    ...['--model', join(root, 'backbone'), '--output', join(root, 'model')],
    ...['--epochs', '60', '--learning-rate', '0.05', '--batch-size', '16', ...more],
  ]
  return { root, train }
}

describe('train and predict', () => {
  test('a model is trained, compared, saved and used', async () => {
    const { root, train } = await setUp()
    const trained = await dbloss(train('--compare', 'bce,db/class-aware', '--results', join(root, 'results.json')))
    expect(trained).toMatchObject({ code: 0 })
    expect(trained.stdout).toMatch(/distribution-balanced\s*│ uniform/)
    expect(trained.stdout).toMatch(/│ db\s*│ class-aware/)
    expect(trained.stdout).toMatch(/head\s*│\s*medium\s*│\s*tail/)
    expect(trained.stdout).toContain(`dbloss predict ${join(root, 'model')}`)
    const results = JSON.parse(readFileSync(join(root, 'results.json'), 'utf8')) as {
      runs: { loss: string; map: { all: number } }[]
    }
    expect(results.runs.map(({ loss }) => loss)).toEqual(['distribution-balanced', 'bce', 'db'])
    for (const { map } of results.runs) expect(map.all).toBeGreaterThan(0.9)

    const image = join(root, 'photos/test/2.jpg')
    const predicted = await dbloss(['predict', join(root, 'model'), image])
    expect(predicted).toMatchObject({ code: 0 })
    expect(predicted.stdout).toMatch(/2\.jpg {3}(red|blue) 0\.\d\d {3}(red|blue) 0\.\d\d\n$/)
    const asJson = await dbloss(['predict', join(root, 'model'), join(root, 'photos/test'), '--json', '--top-k', '1'])
    const lines = asJson.stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).labels.length)).toEqual(new Array(10).fill(1))
  })

  test('the same seed gives the same tables', async () => {
    const first = await dbloss((await setUp()).train('--seed', '3'))
    const second = await dbloss((await setUp()).train('--seed', '3'))
    const tables = (text: string): string => text.slice(0, text.indexOf('The model is in'))
    expect(tables(first.stdout)).toBe(tables(second.stdout))
    expect(tables(first.stdout)).toContain('mAP')
  })
})

describe('what goes wrong is one readable line, a suggestion, and exit code 1', () => {
  test.each([
    ['an empty folder', (root: string) => mkdirSync(join(root, 'photos2')), 'photos2', /metadata/],
    ['a folder that does not exist', () => undefined, 'nowhere', /nowhere/],
  ])('%s', async (_, prepare, data, message) => {
    const { root, train } = await setUp()
    prepare(root)
    const argv = train()
    argv[1] = join(root, data)
    const { code, stderr } = await dbloss(argv)
    expect(code).toBe(1)
    const [line, suggestion] = stderr.split('\n').slice(-3)
    expect(line).toMatch(/^error: /)
    expect(line).toMatch(message)
    expect(suggestion).toContain('dbloss train --help')
    expect(existsSync(join(root, 'model'))).toBe(false)
  })

  test('a truncated image is named, or skipped and reported', async () => {
    const { root, train } = await setUp()
    const file = join(root, 'photos/train/4.jpg')
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.subarray(0, Math.floor(0.8 * bytes.length)))
    expect(await dbloss(train())).toMatchObject({ code: 1, stderr: expect.stringContaining(file) })
    expect(existsSync(join(root, 'model'))).toBe(false)
    const skipped = await dbloss(train('--on-bad-image', 'skip'))
    expect(skipped).toMatchObject({ code: 0, stderr: expect.stringContaining(`left out: ${file}`) })
    const predicted = await dbloss(['predict', join(root, 'model'), file, join(root, 'photos/test/0.jpg')])
    expect(predicted.code).toBe(1)
    expect(predicted.stdout).toContain('0.jpg')
    expect(predicted.stderr).toContain(file)
  })

  test('an output folder that exists is refused unless it may be replaced', async () => {
    const { root, train } = await setUp()
    expect((await dbloss(train())).code).toBe(0)
    expect(await dbloss(train())).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/exists and is not empty[\s\S]*--overwrite/),
    })
    expect((await dbloss(train('--overwrite'))).code).toBe(0)
    expect(readdirSync(root).sort()).toEqual(['backbone', 'model', 'photos'])
  })

  test('a model that is none', async () => {
    const { root } = await setUp()
    const { code, stderr } = await dbloss(['predict', join(root, 'photos'), join(root, 'photos/test/0.jpg')])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: /m)
  })
})

describe('an interruption', () => {
  test('ends with 130 and leaves nothing behind', async () => {
    const { root, train } = await setUp()
    const interruption = new AbortController()
    const running = dbloss(train('--epochs', '100000'), interruption.signal)
    setTimeout(() => interruption.abort(), 1500)
    const { code, stderr } = await running
    expect(code).toBe(130)
    expect(stderr).toContain('Nothing half-written is left behind')
    expect(readdirSync(root).sort()).toEqual(['backbone', 'photos'])
  })
})
