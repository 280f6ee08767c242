import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dbloss } from './collect.ts'
import { picturesAndBackbone, spoil } from './support.ts'

async function setUp() {
  const set = await picturesAndBackbone()
  const cache = join(set.root, 'features')
  const argv = ['extract', set.photos, '--model', set.backbone, '--cache', cache]
  return { ...set, cache, argv }
}

describe('extract', () => {
  test('features of all splits, with progress on standard error and one JSON document on standard output', async () => {
    const { argv, cache } = await setUp()
    const { code, stdout, stderr } = await dbloss([...argv, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      cache,
      images: 55,
      splits: { train: 30, validation: 10, test: 15 },
      features: { count: 8, description: expect.stringContaining('pooler_output') },
      skipped: [],
    })
    expect(stderr).toMatch(/features: 55\/55, done in/)
    expect(existsSync(cache)).toBe(true)
    // Carriage returns and escapes are for terminals.
    for (const control of ['\r', '\u001b']) expect(stderr).not.toContain(control)
  })

  test('only the splits that are named', async () => {
    const { argv } = await setUp()
    const { stdout } = await dbloss([...argv, '--splits', 'test'])
    expect(stdout).toContain('15 pictures, 8 features each')
    expect(stdout).toContain('dbloss train')
  })

  test('an unreadable picture is named, or left out and told', async () => {
    const { argv, photos } = await setUp()
    const file = spoil(join(photos, 'train/4.jpg'))
    expect(await dbloss(argv)).toMatchObject({ code: 1, stderr: expect.stringContaining(file) })
    const skipping = await dbloss([...argv, '--on-bad-image', 'skip', '--json'])
    expect(skipping).toMatchObject({ code: 0, stderr: expect.stringContaining(`left out: ${file}`) })
    expect(JSON.parse(skipping.stdout)).toMatchObject({ images: 54, skipped: [{ path: file }] })
  })

  test('an interruption says what is kept and which command goes on', async () => {
    const { argv, cache } = await setUp()
    const { code, stdout, stderr } = await dbloss(argv, AbortSignal.abort())
    expect(code).toBe(130)
    expect(stdout).toBe('')
    expect(stderr).toContain(`The features so far are in ${cache}.`)
    expect(stderr).toContain(`To go on:  dbloss ${argv.join(' ')}`)
    expect((await dbloss(argv)).code).toBe(0)
  })

  test('a cache that is a file, and a model that is none', async () => {
    const { argv, photos } = await setUp()
    const asFile = argv.with(-1, join(photos, 'train/0.jpg'))
    expect(await dbloss(asFile)).toMatchObject({ code: 1, stderr: expect.stringContaining('the cache') })
    expect(await dbloss(argv.with(3, photos))).toMatchObject({ code: 1, stderr: expect.stringMatching(/error: /) })
    expect(await dbloss(argv.slice(0, 4))).toMatchObject({ code: 2, stderr: expect.stringContaining("'--cache") })
  })
})
