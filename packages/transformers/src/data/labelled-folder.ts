import { join } from 'node:path'
import { dataError } from './data-error.ts'
import { failOnMissing, isImageFile, nameInside } from './image-files.ts'
import { type MetadataEntry, readMetadata } from './metadata.ts'
import type { NamedItem } from './named-items.ts'

export const metadataNames = ['metadata.jsonl', 'metadata.csv']

/** An entry of the metadata with its image. */
export type FolderItem = MetadataEntry & NamedItem

/** A folder with a metadata file. */
export interface LabelledFolder {
  readonly items: readonly FolderItem[]
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
    throw dataError(given, `has ${found}`, found, `one of ${metadataNames.join(', ')}`)
  }
  const present = new Set(files)
  const entries = await readMetadata(join(given, metadata[0]!))
  const items = entries.map((entry) => {
    const fileName = nameInside(root, entry.fileName, entry.place)
    return { ...entry, fileName, path: join(root, fileName) }
  })
  if (items.length === 0) throw dataError(join(given, metadata[0]!), 'names no image', 0, 'at least one')
  const names = items.map(({ fileName }) => fileName)
  failOnMissing(
    names.filter((name) => !present.has(name)),
    given,
  )
  const named = new Set(names)
  const withoutMetadata = files.filter((file) => isImageFile(file) && !named.has(file))
  return { items, withoutMetadata: withoutMetadata.map((file) => join(root, file)) }
}
