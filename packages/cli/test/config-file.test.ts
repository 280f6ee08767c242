import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { dbloss } from './collect.ts'
import { picturesAndBackbone } from './support.ts'

async function setUp(config: unknown) {
  const set = await picturesAndBackbone()
  const file = join(set.root, 'settings.json')
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config))
  return { ...set, file }
}

describe('the config file', () => {
  test('gives flags, at the top or under the name of a command; what is typed comes before', async () => {
    const { photos, file } = await setUp({ json: true, pairs: 2, stats: { splits: ['validation', 'test'], pairs: 1 } })
    const read = async (...more: string[]) =>
      JSON.parse((await dbloss(['stats', photos, '--config', file, ...more])).stdout)
    expect((await read()).pictures).toEqual({ validation: 10, test: 15 })
    expect((await read()).pairs).toHaveLength(1)
    expect((await read('--pairs', '0')).pairs).toHaveLength(0)
    expect((await read('--splits', 'train')).pictures).toEqual({ train: 30 })
  })

  test('gives flags that a command needs', async () => {
    const { root, photos, backbone, file } = await setUp({})
    writeFileSync(file, JSON.stringify({ model: backbone, cache: join(root, 'features'), epochs: 3 }))
    expect(await dbloss(['extract', photos, '--config', file])).toMatchObject({ code: 0 })
  })

  test('dbloss.config.json of the current folder is read without being named', async () => {
    const { root, photos } = await setUp({})
    vi.spyOn(process, 'cwd').mockReturnValue(root)
    expect((await dbloss(['stats', photos])).stdout).toContain('30 of train')
    writeFileSync(join(root, 'dbloss.config.json'), '{ "splits": "test" }')
    expect((await dbloss(['stats', photos])).stdout).toContain('15 of test')
    vi.restoreAllMocks()
  })

  test.each([
    [{ learningrate: 1 }, "there is no flag 'learningrate'; did you mean 'learningRate'?"],
    [{ stats: { epochs: 1 } }, "settings.json: stats: there is no flag 'epochs'"],
    [{ xyzzyxyzzy: 1 }, "there is no flag 'xyzzyxyzzy'\n"],
    [{ json: 'yes' }, 'json is "yes"; expected true or false'],
    [{ pairs: true }, 'pairs is true; expected what --pairs <n> takes'],
    [{ pairs: -1 }, 'pairs is -1. Expected an integer from 0'],
    [{ format: 'yolo' }, 'format is "yolo". Allowed choices are imagefolder'],
    [{ stats: 3 }, 'stats is not an object'],
    [[], 'is not a JSON object'],
    ['{ "pairs": ', 'is not JSON'],
  ])('%j is wrong use', async (config, message) => {
    const { photos, file } = await setUp(config)
    expect(await dbloss(['stats', photos, '--config', file])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
  })

  test('a file that is named and not there is wrong use', async () => {
    const { root, photos } = await setUp({})
    const { code, stderr } = await dbloss(['stats', photos, '--config', join(root, 'nowhere.json')])
    expect(code).toBe(2)
    expect(stderr).toContain('nowhere.json cannot be read')
  })
})
