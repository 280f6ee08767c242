import { readdir } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { DblossError } from '@dbloss/core'
import { dataError } from './data-error.ts'

/** Whether a file is an image by the end of its name. */
export function isImageFile(name: string): boolean {
  return /\.(jpe?g|png|webp|avif|gif|tiff?)$/i.test(name)
}

/**
 * The files below a folder, relative, with forward slashes.
 *
 * @param root the folder as an absolute path; `given` as the user named it, for messages.
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

/**
 * Resolves the name of a file that data gives.
 *
 * @returns the name relative to the folder, with forward slashes.
 * @throws DblossError `data` with the place when it leaves the folder.
 */
export function nameInside(root: string, fileName: string, place: string): string {
  const inside = relative(root, resolve(root, fileName))
  if (isAbsolute(fileName) || inside === '' || /^\.\.([/\\]|$)/.test(inside) || isAbsolute(inside)) {
    throw dataError(place, `names ${fileName}`, fileName, 'a path inside the folder')
  }
  return inside.replaceAll('\\', '/')
}

/**
 * @param given the data as the user named it.
 * @throws DblossError `data` with how many images are missing and the first of their names, unless none is.
 */
export function failOnMissing(missing: readonly string[], given: string): void {
  if (missing.length === 0) return
  const rest = missing.length > 5 ? ` and ${missing.length - 5} more` : ''
  const problem = `lacks ${missing.length} of its images: ${missing.slice(0, 5).join(', ')}${rest}`
  throw dataError(given, problem, missing, 'every image that the metadata names')
}
