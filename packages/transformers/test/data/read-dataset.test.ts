import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type DatasetFormat, readDataset } from '../../src/data/read-dataset.ts'
import { type Files, folderWith } from '../support/folder-with.ts'

const coco = JSON.stringify({
  images: [{ id: 1, file_name: 'a.jpg' }],
  annotations: [{ id: 1, image_id: 1, category_id: 1 }],
  categories: [{ id: 1, name: 'x' }],
})
const imageFolder: Files = { 'train/metadata.jsonl': '{"file_name": "a.jpg", "labels": ["x"]}', 'train/a.jpg': '' }
const cocoFolder: Files = { 'annotations/instances_train2017.json': coco, 'train2017/a.jpg': '' }
const voc: Files = {
  'ImageSets/Main/train.txt': 'a',
  'Annotations/a.xml': '<annotation><object><name>x</name></object></annotation>',
  'JPEGImages/a.jpg': '',
}
const table: Files = { 'photos.csv': 'path,labels\na.jpg,x\n', 'a.jpg': '' }

describe('the format is recognised', () => {
  const folders: [name: string, files: Files][] = [
    ['imagefolder', imageFolder],
    ['imagefolder without splits', { 'metadata.csv': 'file_name,labels\na.jpg,x\n', 'a.jpg': '' }],
    ['coco', cocoFolder],
    ['coco of Roboflow', { 'train/_annotations.coco.json': coco, 'train/a.jpg': '' }],
    ['pascal-voc', voc],
    ['table', table],
    ['imagefolder with a table beside it', { ...imageFolder, 'results.csv': 'a\n1\n' }],
  ]
  test.each(folders)('%s', async (_, files) => {
    const { classNames, splits } = await readDataset(folderWith(files))
    expect(classNames).toEqual(['x'])
    expect(splits.train).toHaveLength(1)
  })

  test('parquet, and single files', async () => {
    const fixtures = fileURLToPath(new URL('./fixtures/parquet/', import.meta.url))
    expect((await readDataset(join(fixtures, 'hub'))).classNames).toEqual(['blue', 'green', 'red'])
    expect((await readDataset(join(fixtures, 'names.parquet'))).splits.train).toHaveLength(2)
    const folder = folderWith({ 'some.json': coco, ...table })
    expect((await readDataset(join(folder, 'some.json'))).classNames).toEqual(['x'])
    expect((await readDataset(join(folder, 'photos.csv'))).classNames).toEqual(['x'])
  })

  test('or chosen, with the options of the reader', async () => {
    const both = folderWith({ ...imageFolder, ...cocoFolder })
    await expect(readDataset(both)).rejects.toThrow(/looks like imagefolder and coco; expected one of them/)
    const { splits } = await readDataset(both, { format: 'coco', images: join(both, 'train') })
    expect(splits.train[0]?.path).toBe(join(both, 'train/a.jpg'))
  })
})

describe('what is refused', () => {
  test('what is not recognised, with what was looked for', async () => {
    const folder = folderWith({ 'a.jpg': '' })
    const names = ['imagefolder', 'coco', 'pascal-voc', 'parquet', 'table'] satisfies DatasetFormat[]
    for (const source of [folder, join(folder, 'a.jpg')]) {
      for (const name of names) await expect(readDataset(source)).rejects.toThrow(new RegExp(`\\(${name}\\)`))
      await expect(readDataset(source)).rejects.toMatchObject({ code: 'data', argument: source })
    }
  })

  test('what does not exist, and an unknown format', async () => {
    await expect(readDataset('/no/such/data')).rejects.toThrow('/no/such/data does not exist')
    await expect(readDataset('.', { format: 'yolo' as DatasetFormat })).rejects.toMatchObject({
      code: 'argument',
      message: 'format is yolo; expected one of imagefolder, coco, pascal-voc, parquet, table',
    })
  })
})
