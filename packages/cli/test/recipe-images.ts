import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Colour, drawJpeg } from '../../transformers/test/support/pictures.ts'

/** Label sets by image id. */
export type Labels = Readonly<Record<string, readonly Colour[]>>

/** `count` ids from `first` on that cycle through label sets. */
export function labelled(first: number, count: number, labelSets: readonly (readonly Colour[])[]): Labels {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      String(first + index).padStart(6, '0'),
      labelSets[index % labelSets.length]!,
    ]),
  )
}

async function write(file: string, content: string | Uint8Array | Promise<Uint8Array>): Promise<void> {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, await content)
}

/** A VOCdevkit of small pictures; the last object of each is difficult. */
export async function writeVocDevkit(root: string, trainval: Labels, test: Labels): Promise<string> {
  const devkit = join(root, 'VOCdevkit')
  for (const [year, list, labels] of [
    ['VOC2012', 'trainval', trainval],
    ['VOC2007', 'test', test],
  ] as const) {
    const folder = join(devkit, year)
    const ids = Object.keys(labels)
    // As in the development kit, lists that a recipe does not use lie beside it.
    await write(join(folder, 'ImageSets/Main/train.txt'), `${ids[0]}\n`)
    await write(join(folder, `ImageSets/Main/${list}.txt`), ids.map((id) => `${id}\n`).join(''))
    for (const [index, [id, names]] of Object.entries(labels).entries()) {
      const objects = names.map((name, place) => {
        const difficult = Number(place > 0 && place === names.length - 1)
        return `<object><name>${name}</name><difficult>${difficult}</difficult></object>`
      })
      await write(join(folder, `Annotations/${id}.xml`), `<annotation>${objects.join('')}</annotation>`)
      await write(join(folder, `JPEGImages/${id}.jpg`), drawJpeg(names, index))
    }
  }
  return devkit
}

/** COCO 2017 of small pictures; one annotation of each class is a crowd. */
export async function writeCoco(root: string, train: Labels, val: Labels): Promise<string> {
  const coco = join(root, 'coco')
  const categories = [
    { id: 7, name: 'red' },
    { id: 3, name: 'blue' },
    { id: 90, name: 'green' },
  ]
  const idOf = new Map<string, number>(categories.map(({ id, name }) => [name, id]))
  for (const [split, labels] of [
    ['train2017', train],
    ['val2017', val],
  ] as const) {
    const images = Object.keys(labels).map((id) => ({ id: Number(id), file_name: `${id}.jpg` }))
    const annotations = Object.entries(labels)
      .flatMap(([id, names]) => names.map((name) => ({ image_id: Number(id), category_id: idOf.get(name) })))
      .map((annotation, index) => ({ ...annotation, id: index + 1, iscrowd: Number(index % 3 === 0) }))
    await write(join(coco, `annotations/instances_${split}.json`), JSON.stringify({ images, annotations, categories }))
    for (const [index, [id, names]] of Object.entries(labels).entries()) {
      await write(join(coco, split, `${id}.jpg`), drawJpeg(names, index))
    }
  }
  return coco
}
