import { join, resolve } from 'node:path'
import { dataError } from './data-error.ts'
import type { Dataset } from './dataset.ts'
import { isImageFile, listFolder } from './image-files.ts'
import { type FolderItem, type LabelledFolder, metadataNames, readLabelledFolder } from './labelled-folder.ts'
import { toDataset } from './named-items.ts'
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
  const splits: Partial<Record<SplitName, readonly FolderItem[]>> = {}
  for (const [split, { items }] of Object.entries(found)) splits[split as SplitName] = items
  return toDataset(splits, {
    given: folder,
    withoutMetadata: Object.values(found).flatMap(({ withoutMetadata }) => withoutMetadata),
  })
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
      throw dataError(given, `has two folders for ${split}`, folders, `one of ${folders.join(', ')}`)
    }
    const inside = files.filter((file) => file.startsWith(`${name}/`)).map((file) => file.slice(name.length + 1))
    splits[split] = await readLabelledFolder(join(root, name), join(given, name), inside)
  }
  if (folders.length > 0) return splits
  const problem = files.some((file) => isImageFile(file)) ? 'has images but no metadata' : 'is empty of images'
  throw dataError(given, problem, given, `${metadataNames.join(' or ')} beside the images`)
}

/** Metadata in the root of a folder may name images of several splits; without split folders everything is training. */
function bySplitFolder(folder: LabelledFolder, given: string): Partial<Record<SplitName, LabelledFolder>> {
  const splitOf = (fileName: string) => (fileName.includes('/') ? splitNamed(fileName.split('/')[0]!) : undefined)
  const inSplits = folder.items.filter(({ fileName }) => splitOf(fileName) !== undefined)
  if (inSplits.length === 0) return { train: folder }
  if (inSplits.length < folder.items.length) {
    const outside = folder.items.find(({ fileName }) => splitOf(fileName) === undefined)!
    const problem = `names ${outside.fileName}, but other entries of ${given} are in split folders`
    throw dataError(outside.place, problem, outside.fileName, 'all or none')
  }
  const splits: Partial<Record<SplitName, { items: FolderItem[]; withoutMetadata: readonly string[] }>> = {}
  for (const item of folder.items) {
    const split = splitOf(item.fileName)!
    splits[split] ??= { items: [], withoutMetadata: Object.keys(splits).length === 0 ? folder.withoutMetadata : [] }
    splits[split].items.push(item)
  }
  return splits
}
