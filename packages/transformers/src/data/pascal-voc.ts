import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { inOrder } from '../features/in-order.ts'
import { dataError } from './data-error.ts'
import type { Dataset } from './dataset.ts'
import { isImageFile, listFolder } from './image-files.ts'
import { type NamedItem, toDataset } from './named-items.ts'
import type { SplitName } from './split-names.ts'
import { parseVocAnnotation } from './voc-annotation.ts'

/** Options of {@link readPascalVoc}. */
export interface PascalVocOptions {
  /**
   * Whether a `difficult` object gives its label. Default `exclude`: VOC's evaluation does not count such objects. (It
   * leaves the image out for that class; here the image counts as one without the label.)
   */
  readonly difficult?: 'include' | 'exclude'
  /** The list of each split, without `.txt`, as `{ train: 'trainval' }`. Default: `train`, `val` and `test`, or `trainval`. */
  readonly lists?: { readonly train: string } & Readonly<Partial<Record<SplitName, string>>>
}

const listsFolder = 'ImageSets/Main'
/** Annotation files that are read at a time. */
const concurrency = 16

/** Whether the files of a folder are laid out as Pascal VOC. */
export function isPascalVoc(files: readonly string[]): boolean {
  return (
    files.some((file) => file.startsWith(`${listsFolder}/`)) && files.some((file) => file.startsWith('Annotations/'))
  )
}

/**
 * Reads Pascal VOC: `ImageSets/Main/train.txt`, `val.txt`, `trainval.txt` and `test.txt` with an id a line,
 * `Annotations/<id>.xml` and `JPEGImages/<id>.jpg` (or another image type). The labels of an image are the names of its
 * objects; the class names are those of training, sorted. `trainval` is the training split where there is no `train`.
 *
 * @param folder such as `VOCdevkit/VOC2012`.
 * @throws DblossError `data`, naming file and line, for lists and annotations that cannot be read, missing images, ids that
 * stand in the lists twice, and labels that occur in another split but not in training.
 *
 * Source: Everingham et al., "The Pascal Visual Object Classes (VOC) Challenge", IJCV 2010, and the development kit.
 */
export async function readPascalVoc(folder: string, options: PascalVocOptions = {}): Promise<Dataset> {
  const files = await listFolder(resolve(folder), folder)
  const layout = { folder, images: imagesById(files, folder), files: new Set(files), options }
  const splits: Partial<Record<SplitName, readonly NamedItem[]>> = {}
  for (const [split, list] of Object.entries(options.lists ?? listsOf(files, folder)) as [SplitName, string][]) {
    splits[split] = await readList(list, layout)
  }
  const used = new Set(Object.values(splits).flatMap((items) => items.map(({ path }) => path)))
  const withoutMetadata = [...layout.images.values()].map((image) => resolve(folder, image))
  return toDataset(splits, { given: folder, withoutMetadata: withoutMetadata.filter((path) => !used.has(path)) })
}

interface Layout {
  readonly folder: string
  readonly images: ReadonlyMap<string, string>
  readonly files: ReadonlySet<string>
  readonly options: PascalVocOptions
}

function listsOf(files: readonly string[], folder: string): Partial<Record<SplitName, string>> {
  const present = (name: string) => files.includes(`${listsFolder}/${name}.txt`)
  const lists: Partial<Record<SplitName, string>> = {}
  if (present('train')) lists.train = 'train'
  else if (present('trainval')) lists.train = 'trainval'
  if (present('val') && lists.train !== 'trainval') lists.validation = 'val'
  if (present('test')) lists.test = 'test'
  if (lists.train !== undefined) return lists
  throw dataError(
    folder,
    'has no list of training images',
    Object.values(lists),
    `${listsFolder}/train.txt or trainval.txt`,
  )
}

function imagesById(files: readonly string[], folder: string): Map<string, string> {
  const images = new Map<string, string>()
  for (const file of files) {
    if (!file.startsWith('JPEGImages/') || !isImageFile(file)) continue
    const id = file.slice('JPEGImages/'.length).replace(/\.[^.]+$/, '')
    const earlier = images.get(id)
    if (earlier !== undefined) throw dataError(folder, `has ${earlier} and ${file}`, id, 'one image an id')
    images.set(id, file)
  }
  return images
}

async function readList(list: string, layout: Layout): Promise<NamedItem[]> {
  const path = join(layout.folder, listsFolder, `${list}.txt`)
  if (!layout.files.has(`${listsFolder}/${list}.txt`)) throw dataError(path, 'does not exist', list, 'an id a line')
  const lines = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '').split('\n')
  const entries = lines.flatMap((line, index) => {
    const id = line.trim()
    return id === '' ? [] : [{ id, place: `${path} line ${index + 1}` }]
  })
  if (entries.length === 0) throw dataError(path, 'names no image', 0, 'an id a line')
  const items: NamedItem[] = []
  const read = ({ id, place }: (typeof entries)[number]) => readItem(id, place, layout)
  for await (const item of inOrder(entries, concurrency, read)) items.push(item)
  return items
}

async function readItem(id: string, place: string, layout: Layout): Promise<NamedItem> {
  const { folder, images, files, options } = layout
  const image = images.get(id)
  if (image === undefined) throw dataError(place, `names ${id}`, id, `an image JPEGImages/${id}.jpg`)
  const annotation = `Annotations/${id}.xml`
  if (!files.has(annotation)) throw dataError(place, `names ${id}`, id, `a file ${annotation}`)
  const file = join(folder, annotation)
  const objects = parseVocAnnotation(await readFile(file, 'utf8'), file)
  const counted = objects.filter(({ difficult }) => options.difficult === 'include' || !difficult)
  return { path: resolve(folder, image), labels: [...new Set(counted.map(({ name }) => name))], place, id }
}
