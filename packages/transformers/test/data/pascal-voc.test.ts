import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readPascalVoc } from '../../src/data/pascal-voc.ts'
import { type Files, folderWith } from '../support/folder-with.ts'

const object = (name: string, difficult = '0') => `
	<object>
		<name>${name}</name>
		<pose>Left</pose>
		<truncated>1</truncated>
		<difficult>${difficult}</difficult>
		<bndbox>
			<xmin>263</xmin>
			<ymin>211</ymin>
			<xmax>324</xmax>
			<ymax>339</ymax>
		</bndbox>
	</object>`

// As the annotations of VOC 2007 are written.
const annotation = (id: string, ...objects: string[]) => `<annotation>
	<folder>VOC2007</folder>
	<filename>${id}.jpg</filename>
	<source>
		<database>The VOC2007 Database</database>
		<annotation>PASCAL VOC2007</annotation>
		<image>flickr</image>
		<flickrid>341012865</flickrid>
	</source>
	<owner>
		<flickrid>Fried Camels</flickrid>
		<name>Jinky the Fruit Bat</name>
	</owner>
	<size>
		<width>500</width>
		<height>375</height>
		<depth>3</depth>
	</size>
	<segmented>0</segmented>${objects.join('')}
</annotation>
`

/** An image with its annotation. */
const image = (id: string, ...objects: string[]): Files => ({
  [`Annotations/${id}.xml`]: annotation(id, ...objects),
  [`JPEGImages/${id}.jpg`]: '',
})

describe('the layout', () => {
  test('train, val and test; objects several times, parts of objects, and names of owners', async () => {
    const head = '<part><name>head</name><bndbox><xmin>1</xmin></bndbox></part>'
    const person = object('person').replace('</object>', `${head}</object>`)
    const folder = folderWith({
      ...image('000005', object('chair'), object('chair'), person),
      ...image('000007', object('car')),
      ...image('000008', object('chair')),
      ...image('000009', object('person')),
      'JPEGImages/000010.jpg': '',
      'ImageSets/Main/train.txt': '000005\n000007\n',
      'ImageSets/Main/val.txt': '000008\r\n',
      'ImageSets/Main/trainval.txt': '000005\n000007\n000008\n',
      'ImageSets/Main/test.txt': '000009 \n',
      'ImageSets/Main/chair_train.txt': '000005  1\n000007 -1\n',
    })
    const { classNames, splits, withoutMetadata } = await readPascalVoc(folder)
    const path = (id: string) => join(folder, `JPEGImages/${id}.jpg`)
    expect(classNames).toEqual(['car', 'chair', 'person'])
    expect(splits).toEqual({
      train: [
        { path: path('000005'), labels: [1, 2], id: '000005' },
        { path: path('000007'), labels: [0], id: '000007' },
      ],
      validation: [{ path: path('000008'), labels: [1], id: '000008' }],
      test: [{ path: path('000009'), labels: [2], id: '000009' }],
    })
    expect(withoutMetadata).toEqual([path('000010')])
  })

  test('trainval is training where there is no train', async () => {
    const folder = folderWith({
      ...image('1', object('cat')),
      'ImageSets/Main/trainval.txt': '1',
      'ImageSets/Main/val.txt': '1',
    })
    const { splits } = await readPascalVoc(folder)
    expect(Object.keys(splits)).toEqual(['train'])
  })

  test('lists of other names, for any split', async () => {
    const folder = folderWith({
      ...image('1', object('cat')),
      ...image('2', object('dog')),
      ...image('3', object('dog')),
      'ImageSets/Main/train.txt': '1',
      'ImageSets/Main/trainval.txt': '1\n2',
      'ImageSets/Main/holiday.txt': '3',
    })
    const { splits } = await readPascalVoc(folder, { lists: { train: 'trainval', test: 'holiday' } })
    expect(splits.train.map(({ id }) => id)).toEqual(['1', '2'])
    expect(splits.test?.map(({ id, labels }) => [id, labels])).toEqual([['3', [1]]])
    expect(splits.validation).toBeUndefined()
    await expect(readPascalVoc(folder, { lists: { train: 'test' } })).rejects.toMatchObject({
      code: 'data',
      message: expect.stringMatching(/ImageSets\/Main\/test\.txt does not exist; expected an id a line/),
    })
  })

  test('difficult objects give no label, unless they are included', async () => {
    const folder = folderWith({
      ...image('1', object('cat'), object('dog', '1')),
      ...image('2', object('dog'), object('dog', '1')),
      'ImageSets/Main/train.txt': '1\n2\n',
    })
    expect((await readPascalVoc(folder)).splits.train.map(({ labels }) => labels)).toEqual([[0], [1]])
    const { splits } = await readPascalVoc(folder, { difficult: 'include' })
    expect(splits.train.map(({ labels }) => labels)).toEqual([[0, 1], [1]])
  })

  test('other image types, a declaration, a byte order mark, escapes, comments and CDATA', async () => {
    const xml = `\uFEFF<?xml version="1.0" encoding="utf-8"?><!-- made by hand -->
      <annotation><object><name> salt &amp; <![CDATA[<pepper>]]> &#233; </name></object></annotation>`
    const folder = folderWith({ 'Annotations/a.xml': xml, 'JPEGImages/a.png': '', 'ImageSets/Main/train.txt': 'a' })
    expect((await readPascalVoc(folder)).classNames).toEqual(['salt & <pepper> é'])
  })
})

describe('what is refused', () => {
  const lists = { 'ImageSets/Main/train.txt': '1\n' }
  const withXml = (xml: string): Files => ({ 'Annotations/1.xml': xml, 'JPEGImages/1.jpg': '', ...lists })
  const bomb = `<?xml version="1.0"?>
<!DOCTYPE annotation [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<annotation><object><name>&b;</name></object></annotation>`
  const cases: [name: string, files: Files, message: RegExp][] = [
    ['an empty folder', {}, /has no list of training images; expected ImageSets\/Main\/train.txt or trainval.txt/],
    ['only a test list', { ...image('1', object('cat')), 'ImageSets/Main/test.txt': '1' }, /has no list of training/],
    ['an empty list', { 'ImageSets/Main/train.txt': '\n' }, /train\.txt names no image/],
    [
      'a list with further columns',
      { ...image('1'), 'ImageSets/Main/train.txt': '1 -1\n' },
      /train\.txt line 1 names 1 -1;/,
    ],
    [
      'a missing image',
      { 'Annotations/1.xml': annotation('1'), ...lists },
      /train\.txt line 1 names 1; expected an image JPEGImages\/1.jpg/,
    ],
    [
      'a missing annotation',
      { 'JPEGImages/1.jpg': '', ...lists },
      /line 1 names 1; expected a file Annotations\/1.xml/,
    ],
    [
      'an id that leaves the folder',
      { ...image('1'), 'ImageSets/Main/train.txt': '1\n../../1\n' },
      /line 2 names \.\.\/\.\.\/1/,
    ],
    [
      'an id twice',
      { ...image('1', object('cat')), 'ImageSets/Main/train.txt': '1\n1\n' },
      /train\.txt line 2 names .*1\.jpg, as .*train\.txt line 1 does/,
    ],
    [
      'an id in two lists',
      { ...image('1', object('cat')), ...lists, 'ImageSets/Main/test.txt': '1\n' },
      /test\.txt line 1 names .*1\.jpg, as .*train\.txt line 1 does/,
    ],
    ['two images with one id', { ...image('1'), 'JPEGImages/1.png': '', ...lists }, /1\.jpg and JPEGImages\/1\.png/],
    ['an empty annotation', withXml(''), /1\.xml line 1 is not well-formed XML/],
    [
      'a truncated annotation',
      withXml(annotation('1', object('cat')).slice(0, -30)),
      /1\.xml line 3\d is not well-formed/,
    ],
    [
      'tags that do not match',
      withXml('<annotation>\n<object><name>cat</name></annotation>'),
      /1\.xml line 2 is not well/,
    ],
    ['another document', withXml('<html></html>'), /line 1 begins with <html>; expected <annotation>/],
    ['JSON', withXml('{"a": 1}'), /is not well-formed XML/],
    ['an object without a name', withXml('<annotation><object><pose/></object></annotation>'), /object without a name/],
    [
      'a difficult that is none',
      withXml(annotation('1', object('cat', 'yes'))),
      /object with difficult yes; expected 0 or 1/,
    ],
    ['entities that the document defines', withXml(bomb), /1\.xml line 3 is not well-formed XML: .*undefined entity/],
    [
      'an external entity',
      withXml(
        '<!DOCTYPE annotation [<!ENTITY x SYSTEM "file:///etc/hostname">]><annotation><object><name>&x;</name></object></annotation>',
      ),
      /undefined entity/,
    ],
    ['no labels at all', { ...image('1'), ...lists }, /no image of .* has a label/],
    [
      'a label that training lacks',
      { ...image('1', object('cat')), ...image('2', object('dog')), ...lists, 'ImageSets/Main/test.txt': '2' },
      /test\.txt line 1 has the label 'dog', which no training image has/,
    ],
  ]
  test.each(cases)('%s', async (_, files, message) => {
    await expect(readPascalVoc(folderWith(files))).rejects.toMatchObject({
      name: 'DblossError',
      code: 'data',
      message: expect.stringMatching(message),
    })
  })

  test('a folder that is none', async () => {
    await expect(readPascalVoc(join(folderWith({}), 'gone'))).rejects.toThrow(/cannot be read as a folder/)
  })
})
