import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readTable } from '../../src/data/table.ts'
import { type Files, folderWith } from '../support/folder-with.ts'

describe('what is read', () => {
  test('one file: paths and URLs, lists and separators, quotes, further columns, a split column', async () => {
    const csv = `\uFEFFwho,path,labels,split
me,a.jpg,"[""sea"", ""old, boat""]",train
"a
b",in/b.jpg,sea|sand,train
me,https://example.org/c.jpg?size=2,"sand;old, boat",val
me,"d ""x"".jpg",,test
`
    const folder = folderWith({ 'photos.csv': csv, 'a.jpg': '', 'in/b.jpg': '', 'd "x".jpg': '' })
    const { classNames, splits } = await readTable(join(folder, 'photos.csv'))
    expect(classNames).toEqual(['old, boat', 'sand', 'sea'])
    expect(splits).toEqual({
      train: [
        { path: join(folder, 'a.jpg'), labels: [0, 2] },
        { path: join(folder, 'in/b.jpg'), labels: [1, 2] },
      ],
      validation: [{ path: 'https://example.org/c.jpg?size=2', labels: [0, 1] }],
      test: [{ path: join(folder, 'd "x".jpg'), labels: [] }],
    })
  })

  test('a file for each split, each name of the columns, images in another folder', async () => {
    const images = folderWith({ 'a.jpg': '', 'b.jpg': '', 'c.jpg': '' })
    const folder = folderWith({
      'train.csv': 'file,label\na.jpg,x\n',
      'val.csv': 'file_name,labels\nb.jpg,x\n',
      'test.csv': 'url,labels\nhttp://127.0.0.1/c.jpg,x\n',
      'notes.csv': 'a\n1\n',
    })
    const { splits } = await readTable(folder, { images })
    expect(Object.keys(splits).sort()).toEqual(['test', 'train', 'validation'])
    expect(splits.validation).toEqual([{ path: join(images, 'b.jpg'), labels: [0] }])
  })

  test('the only table of a folder, all training', async () => {
    const folder = folderWith({ 'list.csv': 'image,labels\na.jpg,x\n', 'a.jpg': '' })
    expect(Object.keys((await readTable(folder)).splits)).toEqual(['train'])
  })
})

describe('what is refused', () => {
  const withRows = (...rows: string[]): Files => ({
    'list.csv': ['path,labels', ...rows].join('\n'),
    'a.jpg': '',
    'b.jpg': '',
  })
  const cases: [name: string, files: Files, message: RegExp][] = [
    ['an empty folder', {}, /has 0 tables; expected one CSV file, or train\.csv/],
    ['two tables', { 'a.csv': '', 'b.csv': '' }, /has 0 tables/],
    ['two files for a split', { 'val.csv': '', 'valid.csv': '' }, /has 2 tables/],
    ['an empty file', { 'list.csv': '' }, /list\.csv names no image/],
    ['only a header', withRows(), /list\.csv names no image/],
    ['a quote that does not end', withRows('a.jpg,"x'), /list\.csv is not valid CSV: .*line/],
    ['a quote in the middle', withRows('a.jpg,x"y'), /list\.csv is not valid CSV: .*line 2/],
    ['a line that is too short', withRows('a.jpg,x', 'b.jpg'), /list\.csv is not valid CSV: .*line 3/],
    [
      'bytes of an image',
      { 'list.csv': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 34, 1) },
      /list\.csv (is not valid CSV|has the columns|names no image)/,
    ],
    [
      'no column of images',
      { 'list.csv': 'name,labels\na,x\n' },
      /has the columns name, labels; expected one column path or file/,
    ],
    [
      'two columns of images',
      { 'list.csv': 'path,url,labels\na,b,x\n' },
      /has the columns path, url, labels; expected one column path/,
    ],
    ['no column of labels', { 'list.csv': 'path\na\n' }, /has the columns path; expected one column labels or label/],
    ['no path', withRows(',x'), /list\.csv line 2 names no image/],
    ['a list that is no JSON', withRows("a.jpg,['x']"), /list\.csv line 2 is not JSON/],
    ['a list of numbers', withRows('a.jpg,[1]'), /list\.csv line 2 has labels \[1\]/],
    ['an empty label', withRows('a.jpg,x||y'), /list\.csv line 2 has labels/],
    ['a label twice', withRows('a.jpg,x|x'), /list\.csv line 2 has the label 'x' twice/],
    ['a missing image', withRows('a.jpg,x', 'gone.jpg,x'), /list\.csv lacks 1 of its images: .*gone\.jpg/],
    ['a folder as an image', { ...withRows('in,x'), 'in/c.jpg': '' }, /list\.csv lacks 1 of its images/],
    ['an image twice', withRows('a.jpg,x', './a.jpg,x'), /list\.csv line 3 names .*a\.jpg, as .*list\.csv line 2 does/],
    [
      'a path that leaves the folder',
      withRows('a.jpg,x', '../b.jpg,x'),
      /line 3 names \.\.\/b\.jpg; expected a path inside/,
    ],
    ['an absolute path', withRows('/etc/hostname,x'), /line 2 names \/etc\/hostname; expected a path inside/],
    [
      'an unknown split',
      { 'list.csv': 'path,labels,split\na.jpg,x,dev\n', 'a.jpg': '' },
      /line 2 has the split 'dev'; expected train, validation or test/,
    ],
    ['no training', { 'list.csv': 'path,labels,split\na.jpg,x,test\n', 'a.jpg': '' }, /has test but no train split/],
    [
      'a label that training lacks',
      { 'list.csv': 'path,labels,split\na.jpg,x,train\nb.jpg,y,test\n', 'a.jpg': '', 'b.jpg': '' },
      /line 3 has the label 'y', which no training image has/,
    ],
  ]
  test.each(cases)('%s', async (_, files, message) => {
    await expect(readTable(folderWith(files))).rejects.toMatchObject({
      name: 'DblossError',
      code: 'data',
      message: expect.stringMatching(message),
    })
  })
})
