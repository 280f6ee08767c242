import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type CocoImages, cocoImageFolder, findCocoFiles, type SplitFiles } from './coco-files.ts'
import { dataError } from './data-error.ts'
import type { Dataset } from './dataset.ts'
import { failOnMissing, isImageFile, listFolder, nameInside } from './image-files.ts'
import { isRecord, parseJson } from './json.ts'
import { type NamedItem, toDataset } from './named-items.ts'
import type { SplitName } from './split-names.ts'

/** Options of {@link readCoco}. */
export interface CocoOptions {
  /** The folder of the images. Default: looked for beside the annotations, as COCO and Roboflow lay them out. */
  readonly images?: string
  /** Whether an annotation of a crowd (`iscrowd: 1`) gives its label. Default `include`: a crowd shows what it consists of. */
  readonly crowds?: 'include' | 'exclude'
}

/**
 * Reads object annotations of COCO (`images`, `annotations`, `categories`). The labels of an image are the categories that
 * it has an annotation of; the class names are the categories of the training file, by id.
 *
 * @param source one JSON file, which is all training; a folder with `annotations/instances_train2017.json`,
 * `instances_val2017.json` (any year or none), or with `train/_annotations.coco.json`, `valid/…`; or a file for each split.
 * @throws DblossError `data`, naming file and id, for files that are not COCO, ids that are unknown or stand there twice,
 * missing images and file names that leave the folder.
 *
 * Source: Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014; format: cocodataset.org/#format-data.
 */
export async function readCoco(source: string | SplitFiles, options: CocoOptions = {}): Promise<Dataset> {
  const files = typeof source === 'string' ? await findCocoFiles(source) : source
  const splits: Partial<Record<SplitName, readonly NamedItem[]>> = {}
  const found = new Set<string>()
  let classNames: readonly string[] | undefined
  for (const [split, file] of Object.entries(files) as [SplitName, string][]) {
    const read = readAnnotations(parseJson(await readText(file), file), file, options)
    const items = await locateImages(read.images, file, options, found)
    splits[split] = items
    if (split === 'train') classNames = read.classNames
  }
  for (const { path } of Object.values(splits).flat()) found.delete(path)
  const given = typeof source === 'string' ? source : Object.values(source).join(', ')
  return toDataset(splits, { given, classNames, withoutMetadata: [...found] })
}

async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw dataError(file, `cannot be read: ${reason}`, file, 'a JSON file of COCO', error)
  }
}

function readAnnotations(json: unknown, file: string, { crowds = 'include' }: CocoOptions) {
  const categories = readCategories(entriesOf(json, 'categories', file))
  const images = readImages(entriesOf(json, 'images', file))
  for (const { entry, place } of entriesOf(json, 'annotations', file)) {
    const image = images.get(entry.image_id)
    if (image === undefined) throw unknownId(place, 'image_id', entry.image_id, 'images')
    const label = categories.get(entry.category_id)
    if (label === undefined) throw unknownId(place, 'category_id', entry.category_id, 'categories')
    if (crowds === 'include' || entry.iscrowd !== 1) image.labels.add(label)
  }
  return { classNames: [...categories.values()], images: [...images.values()] }
}

interface Entry {
  readonly entry: Readonly<Record<string, unknown>>
  /** `instances_train2017.json annotation 42` */
  readonly place: string
}

function* entriesOf(json: unknown, key: 'images' | 'annotations' | 'categories', file: string): Generator<Entry> {
  const list = isRecord(json) ? json[key] : undefined
  if (!Array.isArray(list)) throw dataError(file, `has no ${key}`, list, 'lists of images, annotations and categories')
  for (const [index, entry] of list.entries()) {
    if (!isRecord(entry)) throw dataError(`${file} ${key}[${index}]`, 'is not an object', entry, 'a JSON object')
    const kind = key === 'categories' ? 'category' : key.slice(0, -1)
    yield { entry, place: isId(entry.id) ? `${file} ${kind} ${entry.id}` : `${file} ${key}[${index}]` }
  }
}

function readCategories(entries: Iterable<Entry>): Map<unknown, string> {
  const names = new Map<string | number, string>()
  for (const { entry, place } of entries) {
    const id = newId(entry, names, place)
    if (typeof entry.name !== 'string' || entry.name === '') {
      throw dataError(place, `has the name ${JSON.stringify(entry.name)}`, entry.name, 'a non-empty string')
    }
    if ([...names.values()].includes(entry.name)) {
      throw dataError(place, `has the name '${entry.name}', as another category does`, entry.name, 'distinct names')
    }
    names.set(id, entry.name)
  }
  return new Map([...names].sort(([a], [b]) => (typeof a === 'number' && typeof b === 'number' ? a - b : 0)))
}

interface CocoImage extends CocoImages {
  readonly id: string
  readonly labels: Set<string>
}

function readImages(entries: Iterable<Entry>): Map<unknown, CocoImage> {
  const images = new Map<string | number, CocoImage>()
  for (const { entry, place } of entries) {
    const id = newId(entry, images, place)
    if (typeof entry.file_name !== 'string' || entry.file_name === '') {
      throw dataError(place, `has the file_name ${JSON.stringify(entry.file_name)}`, entry.file_name, 'a path')
    }
    images.set(id, { id: String(id), fileName: entry.file_name.replaceAll('\\', '/'), labels: new Set(), place })
  }
  return images
}

function isId(value: unknown): value is string | number {
  return Number.isInteger(value) || (typeof value === 'string' && value !== '')
}

function newId({ id }: Entry['entry'], taken: ReadonlyMap<string | number, unknown>, place: string) {
  if (!isId(id)) throw dataError(place, `has the id ${JSON.stringify(id)}`, id, 'an integer or a string')
  if (taken.has(id)) throw dataError(place, 'stands there twice', id, 'distinct ids')
  return id
}

function unknownId(place: string, key: string, id: unknown, list: string) {
  return dataError(place, `has the ${key} ${JSON.stringify(id)}`, id, `an id of ${list}`)
}

/** @param found receives every image file of the folders. */
async function locateImages(
  images: readonly CocoImage[],
  file: string,
  options: CocoOptions,
  found: Set<string>,
): Promise<NamedItem[]> {
  const [first] = images
  if (first === undefined) throw dataError(file, 'names no image', 0, 'at least one')
  const root = resolve(options.images ?? (await cocoImageFolder(file, first)))
  const files = new Set(await listFolder(root, root))
  for (const name of files) if (isImageFile(name)) found.add(join(root, name))
  const items = images.map(({ fileName, labels, place, id }) => {
    const name = nameInside(root, fileName, place)
    return { path: join(root, name), labels: [...labels], place, id, name }
  })
  failOnMissing(
    items.flatMap(({ name }) => (files.has(name) ? [] : [name])),
    root,
  )
  return items
}
