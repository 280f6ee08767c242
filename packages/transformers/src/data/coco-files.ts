import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { dataError } from './data-error.ts'
import { listFolder, nameInside } from './image-files.ts'
import { type SplitName, splitNamed } from './split-names.ts'

/** A file for each split. */
export type SplitFiles = { readonly train: string } & Readonly<Partial<Record<SplitName, string>>>

/** The image that a folder is recognised by. */
export interface CocoImages {
  readonly fileName: string
  readonly place: string
}

const cocoLayouts = [
  /^(?:annotations\/)?(?:instances_)?(?<split>[a-z]+?)_?(?:\d{4})?\.json$/,
  /^(?<split>[a-z]+)\/_annotations\.coco\.json$/,
]

/** The split that a file of a folder annotates, if it is a COCO file by its name. */
export function cocoSplitOf(file: string): SplitName | undefined {
  for (const layout of cocoLayouts) {
    const split = splitNamed(layout.exec(file)?.groups?.split ?? '')
    if (split !== undefined) return split
  }
  return undefined
}

/**
 * The COCO files of a folder by split; a single file is all training.
 *
 * @throws DblossError `data` for a folder that has none, or two for a split.
 */
export async function findCocoFiles(source: string): Promise<Partial<SplitFiles>> {
  const entry = await stat(source).catch(() => undefined)
  if (entry?.isFile()) return { train: source }
  const splits: Partial<Record<SplitName, string>> = {}
  for (const file of await listFolder(resolve(source), source)) {
    const split = cocoSplitOf(file)
    if (split === undefined) continue
    const earlier = splits[split]
    if (earlier !== undefined) {
      const problem = `has two files for ${split}: ${earlier} and ${join(source, file)}`
      throw dataError(source, problem, [earlier, join(source, file)], 'one file a split')
    }
    splits[split] = join(source, file)
  }
  if (Object.keys(splits).length > 0) return splits
  const expected = 'annotations/instances_train….json, or train/_annotations.coco.json'
  throw dataError(source, 'has no annotations of COCO', source, expected)
}

/**
 * Where the images of an annotation file are: the first folder of the usual ones that has its first image.
 *
 * @throws DblossError `data` with the folders that were looked into.
 */
export async function cocoImageFolder(file: string, first: CocoImages): Promise<string> {
  const folder = dirname(resolve(file))
  const root = basename(folder) === 'annotations' ? dirname(folder) : folder
  const name = basename(file, '.json').replace(/^instances_/, '')
  const candidates = [join(root, name), join(root, 'images', name), join(root, 'images'), root]
  for (const candidate of candidates) {
    const path = join(candidate, nameInside(candidate, first.fileName, first.place))
    if ((await stat(path).catch(() => undefined))?.isFile()) return candidate
  }
  const expected = `it in one of ${candidates.join(', ')}, or the option images`
  throw dataError(first.place, `names ${first.fileName}, which is not found`, first.fileName, expected)
}
