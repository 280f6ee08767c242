import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCoco } from '../../src/data/coco.ts'
import { type Files, folderWith } from '../support/folder-with.ts'

// As cocodataset.org/#format-data describes instances files; ids have gaps, as those of COCO have.
const instances = {
  info: { description: 'COCO 2017 Dataset', year: 2017 },
  licenses: [{ id: 1, name: 'Attribution License', url: '' }],
  images: [
    { id: 9, file_name: '000000000009.jpg', width: 640, height: 480, license: 1 },
    { id: 25, file_name: '000000000025.jpg', width: 640, height: 426, license: 1 },
    { id: 30, file_name: '000000000030.jpg', width: 640, height: 428, license: 1 },
  ],
  annotations: [
    annotation(101, 9, 44),
    annotation(102, 9, 1),
    annotation(103, 9, 44),
    annotation(104, 25, 1, { iscrowd: 1, segmentation: { counts: [272, 2, 4], size: [426, 640] } }),
  ],
  categories: [
    { id: 44, name: 'bottle', supercategory: 'kitchen' },
    { id: 1, name: 'person', supercategory: 'person' },
    { id: 3, name: 'car', supercategory: 'vehicle' },
  ],
}

function annotation(id: number, image: number, category: number, other: object = {}) {
  const shape = { segmentation: [[1, 1, 5, 1, 5, 5]], area: 8, bbox: [1, 1, 4, 4], iscrowd: 0 }
  return { id, image_id: image, category_id: category, ...shape, ...other }
}

const pictures = (folder: string): Files =>
  Object.fromEntries(instances.images.map(({ file_name: name }) => [`${folder}${name}`, '']))

describe('the layouts', () => {
  test('the folder of COCO: labels are the categories present, in the order of their ids', async () => {
    const val = { ...instances, images: [instances.images[1]], annotations: [annotation(1, 25, 3)] }
    const folder = folderWith({
      'annotations/instances_train2017.json': JSON.stringify(instances),
      'annotations/instances_val2017.json': JSON.stringify(val),
      'annotations/captions_train2017.json': '{}',
      ...pictures('train2017/'),
      'train2017/unlisted.jpg': '',
      'val2017/000000000025.jpg': '',
    })
    const { classNames, splits, withoutMetadata } = await readCoco(folder)
    expect(classNames).toEqual(['person', 'car', 'bottle'])
    expect(splits).toEqual({
      train: [
        { path: join(folder, 'train2017/000000000009.jpg'), labels: [0, 2], id: '9' },
        { path: join(folder, 'train2017/000000000025.jpg'), labels: [0], id: '25' },
        { path: join(folder, 'train2017/000000000030.jpg'), labels: [], id: '30' },
      ],
      validation: [{ path: join(folder, 'val2017/000000000025.jpg'), labels: [1], id: '25' }],
    })
    expect(withoutMetadata).toEqual([join(folder, 'train2017/unlisted.jpg')])
    const { splits: others } = await readCoco(folder, { crowds: 'exclude' })
    expect(others.train[1]?.labels).toEqual([])
  })

  test('the folder of Roboflow: a file beside the images of each split', async () => {
    const folder = folderWith({
      'train/_annotations.coco.json': JSON.stringify(instances),
      'valid/_annotations.coco.json': JSON.stringify(instances),
      ...pictures('train/'),
      ...pictures('valid/'),
    })
    const { splits } = await readCoco(folder)
    expect(splits.validation?.map(({ path }) => path)).toContain(join(folder, 'valid/000000000009.jpg'))
  })

  test('one file, one file a split, and images elsewhere', async () => {
    const folder = folderWith({ 'a.json': `\uFEFF${JSON.stringify(instances)}`, ...pictures('images/') })
    const file = join(folder, 'a.json')
    const { splits } = await readCoco(file)
    expect(Object.keys(splits)).toEqual(['train'])
    expect(splits.train.map(({ path }) => path)).toContain(join(folder, 'images/000000000009.jpg'))

    const elsewhere = folderWith({ ...pictures('') })
    expect((await readCoco(file, { images: elsewhere })).splits.train[0]?.path).toBe(
      join(elsewhere, '000000000009.jpg'),
    )
    await expect(readCoco({ train: file, test: file })).rejects.toThrow(/image 9 names .*009\.jpg, as .*image 9 does/)
  })
})

describe('what is refused', () => {
  const changed = (change: object) => ({ 'train.json': JSON.stringify({ ...instances, ...change }), ...pictures('') })
  const [first, second] = instances.images
  const cases: [name: string, files: Files, message: RegExp][] = [
    ['an empty folder', {}, /has no annotations of COCO; expected annotations\/instances_train/],
    [
      'two files for a split',
      { 'annotations/instances_train2014.json': '{}', 'annotations/instances_train2017.json': '{}' },
      /two files for train: .*train2014.json and .*train2017.json/,
    ],
    ['an empty file', { 'train.json': '' }, /train\.json is not JSON/],
    ['a truncated file', { 'train.json': JSON.stringify(instances).slice(0, -40) }, /train\.json is not JSON/],
    ['another JSON', { 'train.json': '[1]' }, /train\.json has no categories/],
    ['no annotations', changed({ annotations: undefined }), /train\.json has no annotations/],
    ['annotations of another kind', changed({ annotations: {} }), /has no annotations/],
    ['an annotation that is no object', changed({ annotations: [7] }), /annotations\[0\] is not an object/],
    ['no images', changed({ images: [], annotations: [] }), /names no image/],
    ['an unknown category', changed({ annotations: [annotation(5, 9, 2)] }), /annotation 5 has the category_id 2;/],
    ['an unknown image', changed({ annotations: [annotation(5, 8, 1)] }), /annotation 5 has the image_id 8;/],
    ['an image id twice', changed({ images: [first, { ...second, id: 9 }] }), /image 9 stands there twice/],
    [
      'a category id twice',
      changed({
        categories: [
          { id: 1, name: 'a' },
          { id: 1, name: 'b' },
        ],
      }),
      /category 1 stands/,
    ],
    [
      'a category name twice',
      changed({
        categories: [
          { id: 1, name: 'a' },
          { id: 2, name: 'a' },
        ],
      }),
      /category 2 has the name 'a', as another/,
    ],
    ['a category without a name', changed({ categories: [{ id: 1 }] }), /category 1 has the name undefined/],
    ['no id', changed({ images: [{ file_name: 'a.jpg' }] }), /images\[0\] has the id undefined/],
    ['a file name that is none', changed({ images: [{ id: 9, file_name: 3 }] }), /image 9 has the file_name 3/],
    [
      'a file twice',
      changed({ images: [first, { ...first, id: 10 }], annotations: [annotation(1, 9, 1)] }),
      /as .*image 9 does/,
    ],
    [
      'a path that leaves the folder',
      changed({ images: [first, { id: 7, file_name: '../a.jpg' }], annotations: [] }),
      /image 7 names \.\.\/a\.jpg; expected a path inside the folder/,
    ],
    [
      'the first image missing',
      { 'train.json': JSON.stringify(instances) },
      /image 9 names .*, which is not found; expected it in one of/,
    ],
    [
      'another image missing',
      { 'train.json': JSON.stringify(instances), 'images/000000000009.jpg': '' },
      /lacks 2 of its images: 000000000025.jpg, 000000000030.jpg/,
    ],
    ['no training', { 'val.json': JSON.stringify(instances), ...pictures('') }, /has validation but no train split/],
    [
      'a category that the training file lacks',
      {
        'train.json': JSON.stringify({ ...instances, annotations: [], categories: [{ id: 1, name: 'cat' }] }),
        'val.json': JSON.stringify(instances),
        ...pictures('train/'),
        ...pictures('val/'),
      },
      /image 9 has the label '(bottle|person)', which is none of the classes/,
    ],
  ]
  test.each(cases)('%s', async (_, files, message) => {
    await expect(readCoco(folderWith(files))).rejects.toMatchObject({
      name: 'DblossError',
      code: 'data',
      message: expect.stringMatching(message),
    })
  })

  test('a source that is not there', async () => {
    const folder = folderWith({})
    await expect(readCoco(join(folder, 'gone'))).rejects.toThrow(/cannot be read as a folder/)
    await expect(readCoco({ train: join(folder, 'gone.json') })).rejects.toThrow(/gone\.json cannot be read: ENOENT/)
  })
})
