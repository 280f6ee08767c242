import { readdir } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { DblossError } from '@dbloss/core'
import { type MetadataEntry, readMetadata } from './metadata.ts'

export const metadataNames = ['metadata.jsonl', 'metadata.csv']
export const imageExtension = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i

/** An entry of the metadata with its image. */
export interface NamedItem extends MetadataEntry {
  /** The absolute path of the image. */
  readonly path: string
}

/** A folder with a metadata file. */
export interface LabelledFolder {
  readonly items: readonly NamedItem[]
  readonly withoutMetadata: readonly string[]
}

/**
 * Reads the metadata of a folder and finds its images.
 *
 * @param root the folder as an absolute path; `given` as the user named it, for messages.
 * @param files what {@link listFolder} found in it.
 * @throws DblossError `data`; see {@link readImageFolder}.
 */
export async function readLabelledFolder(
  root: string,
  given: string,
  files: readonly string[],
): Promise<LabelledFolder> {
  const metadata = metadataNames.filter((name) => files.includes(name))
  if (metadata.length !== 1) {
    const found = metadata.length === 0 ? 'no metadata' : metadata.join(' and ')
    throw new DblossError('data', `${given} has ${found}; expected one of ${metadataNames.join(', ')}`, {
      argument: 'data',
      found,
      expected: metadataNames.join(' or '),
    })
  }
  const present = new Set(files)
  const entries = await readMetadata(join(given, metadata[0]!))
  const items = entries.map((entry) => locate(entry, root))
  if (items.length === 0) {
    throw new DblossError('data', `${join(given, metadata[0]!)} names no image; expected at least one`, {
      argument: 'data',
      expected: 'at least one image',
    })
  }
  failOnRepeated(items)
  const missing = items.filter(({ fileName }) => !present.has(fileName)).map(({ fileName }) => fileName)
  if (missing.length > 0) {
    const rest = missing.length > 5 ? ` and ${missing.length - 5} more` : ''
    const names = missing.slice(0, 5).join(', ') + rest
    throw new DblossError('data', `${given} lacks ${missing.length} of its images: ${names}`, {
      argument: 'data',
      found: missing,
      expected: 'every image that the metadata names',
    })
  }
  const named = new Set(items.map(({ fileName }) => fileName))
  const withoutMetadata = files.filter((file) => imageExtension.test(file) && !named.has(file))
  return { items, withoutMetadata: withoutMetadata.map((file) => join(root, file)) }
}

function locate(entry: MetadataEntry, root: string): NamedItem {
  const path = resolve(root, entry.fileName)
  const inside = relative(root, path)
  if (isAbsolute(entry.fileName) || inside === '' || inside.startsWith('..') || isAbsolute(inside)) {
    throw new DblossError('data', `${entry.place} names ${entry.fileName}; expected a path inside the folder`, {
      argument: entry.place,
      found: entry.fileName,
      expected: 'a path inside the folder',
    })
  }
  return { ...entry, path, fileName: inside.replaceAll('\\', '/') }
}

function failOnRepeated(items: readonly NamedItem[]): void {
  const places = new Map<string, string>()
  for (const { fileName, place } of items) {
    const earlier = places.get(fileName)
    if (earlier !== undefined) {
      throw new DblossError('data', `${place} names ${fileName}, as ${earlier} does; expected each image once`, {
        argument: place,
        found: fileName,
        expected: 'each image once',
      })
    }
    places.set(fileName, place)
  }
}

/**
 * The files below a folder, relative, with forward slashes.
 *
 * @throws DblossError `data` when it is no folder that can be read.
 */
export async function listFolder(root: string, given: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .sort()
  } catch (error) {
    throw new DblossError('data', `${given} cannot be read as a folder; expected a folder of images`, {
      argument: 'data',
      found: given,
      expected: 'a folder of images',
      cause: error,
    })
  }
}
