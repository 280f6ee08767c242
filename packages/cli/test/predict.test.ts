import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findImages } from '../src/image-files.ts'
import { dbloss } from './collect.ts'
import { picturesAndBackbone, spoil, trainedModel } from './support.ts'

describe('files, folders and patterns', () => {
  test('give the images that they mean', async () => {
    const { photos } = await picturesAndBackbone()
    const file = join(photos, 'test/3.jpg')
    expect(await findImages([file])).toEqual([file])
    expect(await findImages([photos])).toHaveLength(55)
    expect(await findImages([join(photos, '**/1.jpg')])).toEqual(
      ['test', 'train', 'validation'].map((split) => join(photos, split, '1.jpg')),
    )
    expect(await findImages([join(photos, 'test/{1,2}.jpg'), file])).toHaveLength(3)
  })

  test('a file is taken as it is named, also when its name looks like a pattern', async () => {
    const { root } = await picturesAndBackbone()
    const file = join(root, 'photo[1].jpg')
    writeFileSync(file, '')
    expect(await findImages([file])).toEqual([file])
  })

  test.each([
    ['nowhere.jpg', /nowhere\.jpg does not exist/],
    ['*.webp', /nothing fits the pattern/],
    ['backbone', /has no image/],
  ])('%s is an error of data', async (path, message) => {
    const { root } = await picturesAndBackbone()
    await expect(findImages([join(root, path)])).rejects.toMatchObject({
      code: 'data',
      message: expect.stringMatching(message),
    })
  })
})

test('predictions as aligned lines, and as JSON lines with the error of what cannot be read', async () => {
  const { model, photos } = await trainedModel()
  const files = ['0.jpg', '10.jpg'].map((name) => join(photos, 'test', name))
  const { code, stdout } = await dbloss(['predict', model, ...files, '--top-k', '1'])
  expect(code).toBe(0)
  const [first, second] = stdout.trimEnd().split('\n') as [string, string]
  expect(first.indexOf('red')).toBe(second.indexOf('red'))
  const spoilt = spoil(files[0]!)
  const asJson = await dbloss(['predict', model, join(photos, 'test/{0,10}.jpg'), '--json', '--threshold', '0'])
  expect(asJson.code).toBe(1)
  const lines = asJson.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toEqual([
    { file: spoilt, error: expect.stringContaining('cannot be read as an image') },
    { file: files[1], labels: expect.arrayContaining([{ label: 'red', score: expect.any(Number) }]) },
  ])
})
