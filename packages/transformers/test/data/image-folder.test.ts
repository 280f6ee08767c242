import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readImageFolder } from '../../src/data/image-folder.ts'
import { folderWith } from '../support/folder-with.ts'

const line = (fileName: string, labels: readonly string[]) => JSON.stringify({ file_name: fileName, labels })

describe('the layouts', () => {
  test('split folders, in each of their spellings', async () => {
    for (const name of ['validation', 'valid', 'val']) {
      const folder = folderWith({
        'train/metadata.jsonl': `${line('b.jpg', ['sea', 'boat'])}\n${line('in/a.png', [])}\n`,
        'train/b.jpg': '',
        'train/in/a.png': '',
        [`${name}/metadata.jsonl`]: line('c.jpg', ['boat']),
        [`${name}/c.jpg`]: '',
      })
      const { classNames, splits, withoutMetadata } = await readImageFolder(folder)
      expect(classNames).toEqual(['boat', 'sea'])
      expect(splits.train).toEqual([
        { path: join(folder, 'train/b.jpg'), labels: [0, 1] },
        { path: join(folder, 'train/in/a.png'), labels: [] },
      ])
      expect(splits.validation).toEqual([{ path: join(folder, name, 'c.jpg'), labels: [0] }])
      expect(splits.test).toBeUndefined()
      expect(withoutMetadata).toEqual([])
    }
  })

  test('a flat folder is all training', async () => {
    const folder = folderWith({ 'metadata.jsonl': line('a.jpg', ['x']), 'a.jpg': '' })
    const { splits } = await readImageFolder(folder)
    expect(splits).toEqual({ train: [{ path: join(folder, 'a.jpg'), labels: [0] }] })
  })

  test('metadata in the root may name images of split folders', async () => {
    const folder = folderWith({
      'metadata.jsonl': [line('train/a.jpg', ['x']), line('test/b.jpg', ['x'])].join('\n'),
      'train/a.jpg': '',
      'test/b.jpg': '',
    })
    const { splits } = await readImageFolder(folder)
    expect(splits.train.map(({ path }) => path)).toEqual([join(folder, 'train/a.jpg')])
    expect(splits.test?.map(({ path }) => path)).toEqual([join(folder, 'test/b.jpg')])
  })

  test('byte order mark, carriage returns and empty lines do no harm', async () => {
    const folder = folderWith({ 'metadata.jsonl': `\uFEFF${line('a.jpg', ['x'])}\r\n\r\n`, 'a.jpg': '' })
    await expect(readImageFolder(folder)).resolves.toMatchObject({ classNames: ['x'] })
  })

  test('csv with JSON lists and with separators, quoted names and further columns', async () => {
    const csv = `note,file_name,labels
,a.jpg,"[""sea"", ""old, boat""]"
"two
lines",b.jpg,sea|sand
,c.jpg,"sand;old, boat"
,d.jpg,
`
    const files = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.jpg`, '']))
    const { classNames, splits } = await readImageFolder(folderWith({ 'metadata.csv': csv, ...files }))
    expect(classNames).toEqual(['old, boat', 'sand', 'sea'])
    expect(splits.train.map(({ labels }) => labels)).toEqual([[0, 2], [1, 2], [0, 1], []])
  })

  test('images without metadata are reported', async () => {
    const folder = folderWith({ 'metadata.jsonl': line('a.jpg', ['x']), 'a.jpg': '', 'extra.PNG': '', 'notes.txt': '' })
    const { withoutMetadata } = await readImageFolder(folder)
    expect(withoutMetadata).toEqual([join(folder, 'extra.PNG')])
  })
})

describe('what is refused', () => {
  const cases: [name: string, files: Record<string, string>, message: RegExp][] = [
    ['an empty folder', {}, /is empty of images; expected metadata.jsonl or metadata.csv/],
    ['no metadata', { 'a.jpg': '' }, /has images but no metadata/],
    ['a split without metadata', { 'train/a.jpg': '' }, /train has no metadata/],
    ['two metadata files', { 'metadata.jsonl': '', 'metadata.csv': '' }, /metadata.jsonl and metadata.csv/],
    ['metadata without images', { 'metadata.jsonl': '\n' }, /names no image/],
    [
      'no JSON',
      { 'metadata.jsonl': `${line('a.jpg', ['x'])}\n{oops`, 'a.jpg': '' },
      /metadata.jsonl line 2 is not JSON/,
    ],
    ['no object', { 'metadata.jsonl': '[1]' }, /line 1 is not a JSON object/],
    ['no file name', { 'metadata.jsonl': '{"labels": []}' }, /line 1 has no file_name/],
    ['no labels', { 'metadata.jsonl': '{"file_name": "a.jpg"}' }, /line 1 has no labels/],
    ['labels that are no strings', { 'metadata.jsonl': '{"file_name": "a.jpg", "labels": [1]}' }, /labels \[1\]/],
    ['a label twice', { 'metadata.jsonl': line('a.jpg', ['x', 'x']), 'a.jpg': '' }, /line 1 has the label 'x' twice/],
    ['no labels at all', { 'metadata.jsonl': line('a.jpg', []), 'a.jpg': '' }, /no image of .* has a label/],
    ['a missing image', { 'metadata.jsonl': line('gone.jpg', ['x']) }, /lacks 1 of its images: gone.jpg/],
    [
      'an image twice',
      { 'metadata.jsonl': `${line('a.jpg', ['x'])}\n${line('./a.jpg', ['y'])}`, 'a.jpg': '' },
      /line 2 names .*a.jpg, as .*line 1 does/,
    ],
    ['a path that leaves the folder', { 'metadata.jsonl': line('../a.jpg', ['x']) }, /line 1 names \.\.\/a\.jpg/],
    ['an absolute path', { 'metadata.jsonl': line('/etc/a.jpg', ['x']) }, /expected a path inside the folder/],
    ['bad csv', { 'metadata.csv': 'file_name,labels\na.jpg,"x' }, /metadata.csv is not valid CSV/],
    ['a bad list in csv', { 'metadata.csv': "file_name,labels\na.jpg,['x']\n" }, /metadata.csv line 2 is not JSON/],
    ['csv without labels', { 'metadata.csv': 'file_name\na.jpg\n' }, /line 2 has no labels/],
    ['no training', { 'test/metadata.jsonl': line('a.jpg', ['x']), 'test/a.jpg': '' }, /has test but no train split/],
    [
      'a label that training lacks',
      {
        'train/metadata.jsonl': line('a.jpg', ['x']),
        'train/a.jpg': '',
        'test/metadata.jsonl': line('b.jpg', ['y']),
        'test/b.jpg': '',
      },
      /test\/metadata.jsonl line 1 has the label 'y', which no training image has/,
    ],
    [
      'two folders for one split',
      {
        'train/metadata.jsonl': line('a.jpg', ['x']),
        'train/a.jpg': '',
        'val/metadata.jsonl': line('a.jpg', ['x']),
        'val/a.jpg': '',
        'valid/metadata.jsonl': line('a.jpg', ['x']),
        'valid/a.jpg': '',
      },
      /two folders for validation/,
    ],
    [
      'images in and outside split folders',
      {
        'metadata.jsonl': `${line('train/a.jpg', ['x'])}\n${line('b.jpg', ['x'])}`,
        'train/a.jpg': '',
        'b.jpg': '',
      },
      /line 2 names b.jpg, but other entries .* are in split folders/,
    ],
  ]
  test.each(cases)('%s', async (_, files, message) => {
    await expect(readImageFolder(folderWith(files))).rejects.toMatchObject({
      name: 'DblossError',
      code: 'data',
      message: expect.stringMatching(message),
    })
  })

  test('a folder that is none', async () => {
    const folder = folderWith({ 'a.jpg': '' })
    await expect(readImageFolder(join(folder, 'gone'))).rejects.toThrow(/cannot be read as a folder/)
    await expect(readImageFolder(join(folder, 'a.jpg'))).rejects.toThrow(/cannot be read as a folder/)
  })

  test('many missing images are counted, the first ones named', async () => {
    const lines = Array.from({ length: 8 }, (_, index) => line(`${index}.jpg`, ['x'])).join('\n')
    await expect(readImageFolder(folderWith({ 'metadata.jsonl': lines }))).rejects.toThrow(
      /lacks 8 of its images: 0.jpg, 1.jpg, 2.jpg, 3.jpg, 4.jpg and 3 more/,
    )
  })
})
