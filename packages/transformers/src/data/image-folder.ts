import { join, resolve } from 'node:path'
import { DblossError } from '@dbloss/core'
import type { Dataset, ImageItem } from './dataset.ts'
import {
  imageExtension,
  type LabelledFolder,
  listFolder,
  metadataNames,
  type NamedItem,
  readLabelledFolder,
} from './labelled-folder.ts'
import { type SplitName, splitNamed } from './split-names.ts'

/** A folder of labelled images; its class names are the labels that occur in training, sorted. */
export type ImageFolder = Dataset

/**
 * Reads an imagefolder: `metadata.jsonl` or `metadata.csv` (`file_name`, `labels`) beside the images, in the folder itself
 * or in its subfolders `train`, `validation` (also `valid`, `val`) and `test`. A metadata file in the folder itself may
 * also name images as `train/…` and `test/…`. Images are not opened.
 *
 * @throws DblossError `data` for a folder without metadata or images, entries that cannot be read (with file and line),
 * missing images, paths that leave the folder, and labels that occur in another split but not in training.
 */
export async function readImageFolder(folder: string): Promise<ImageFolder> {
  const root = resolve(folder)
  const found = await findSplits(root, folder)
  const { train } = found
  if (train === undefined) {
    throw new DblossError('data', `${folder} has ${Object.keys(found).join(' and ')} but no train folder`, {
      argument: 'data',
      found: Object.keys(found),
      expected: 'a folder train with metadata',
    })
  }
  const classNames = [...new Set(train.items.flatMap(({ labels }) => labels))].sort()
  if (classNames.length === 0) {
    throw new DblossError('data', `no image of ${folder} has a label; expected labels in the metadata`, {
      argument: 'data',
      expected: 'at least one label',
    })
  }
  const indices = new Map(classNames.map((name, index) => [name, index]))
  const toItem = ({ path, labels, place }: NamedItem): ImageItem => ({
    path,
    labels: labels.map((label) => indices.get(label) ?? failUnknownLabel(label, place)).sort((a, b) => a - b),
  })
  return {
    classNames,
    splits: {
      train: train.items.map(toItem),
      ...(found.validation === undefined ? {} : { validation: found.validation.items.map(toItem) }),
      ...(found.test === undefined ? {} : { test: found.test.items.map(toItem) }),
    },
    withoutMetadata: Object.values(found).flatMap(({ withoutMetadata }) => withoutMetadata),
  }
}

async function findSplits(root: string, given: string): Promise<Partial<Record<SplitName, LabelledFolder>>> {
  const files = await listFolder(root, given)
  const inRoot = metadataNames.filter((name) => files.includes(name))
  if (inRoot.length > 0) return bySplitFolder(await readLabelledFolder(root, given, files), given)

  const splits: Partial<Record<SplitName, LabelledFolder>> = {}
  const folders = [...new Set(files.map((file) => file.split('/')[0]!))].filter((name) => splitNamed(name))
  for (const name of folders.sort()) {
    const split = splitNamed(name)!
    if (splits[split] !== undefined) {
      throw new DblossError('data', `${given} has two folders for ${split}; expected one of ${folders.join(', ')}`, {
        argument: 'data',
        found: folders,
        expected: 'one folder a split',
      })
    }
    const inside = files.filter((file) => file.startsWith(`${name}/`)).map((file) => file.slice(name.length + 1))
    splits[split] = await readLabelledFolder(join(root, name), join(given, name), inside)
  }
  if (folders.length > 0) return splits
  const problem = files.some((file) => imageExtension.test(file)) ? 'has images but no metadata' : 'is empty of images'
  throw new DblossError('data', `${given} ${problem}; expected ${metadataNames.join(' or ')} beside the images`, {
    argument: 'data',
    found: given,
    expected: 'metadata.jsonl or metadata.csv',
  })
}

/** Metadata in the root of a folder may name images of several splits; without split folders everything is training. */
function bySplitFolder(folder: LabelledFolder, given: string): Partial<Record<SplitName, LabelledFolder>> {
  const splitOf = (fileName: string) => (fileName.includes('/') ? splitNamed(fileName.split('/')[0]!) : undefined)
  const inSplits = folder.items.filter(({ fileName }) => splitOf(fileName) !== undefined)
  if (inSplits.length === 0) return { train: folder }
  if (inSplits.length < folder.items.length) {
    const outside = folder.items.find(({ fileName }) => splitOf(fileName) === undefined)!
    throw new DblossError(
      'data',
      `${outside.place} names ${outside.fileName}, but other entries of ${given} are in split folders; expected all or none`,
      { argument: 'data', found: outside.fileName, expected: 'all images in split folders, or none' },
    )
  }
  const splits: Partial<Record<SplitName, { items: NamedItem[]; withoutMetadata: readonly string[] }>> = {}
  for (const item of folder.items) {
    const split = splitOf(item.fileName)!
    splits[split] ??= { items: [], withoutMetadata: Object.keys(splits).length === 0 ? folder.withoutMetadata : [] }
    splits[split].items.push(item)
  }
  return splits
}

function failUnknownLabel(label: string, place: string): never {
  throw new DblossError('data', `${place} has the label '${label}', which no training image has`, {
    argument: place,
    found: label,
    expected: 'a label that occurs in training',
  })
}
