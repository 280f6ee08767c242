import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { DblossError } from '@dbloss/core'

const imageExtensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff'])

/**
 * The image files that are meant by a list of files and folders: files as they are named, and of folders every image in
 * them and in their subfolders, by name.
 *
 * @throws DblossError `argument` for a path that does not exist and for a folder without an image.
 */
export async function findImages(paths: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const path of paths) {
    const entry = await stat(path).catch(() => undefined)
    if (entry === undefined) {
      throw new DblossError('argument', `${path} does not exist; expected an image or a folder of images`, {
        argument: 'images',
        found: path,
        expected: 'an image or a folder of images',
      })
    }
    if (!entry.isDirectory()) {
      found.push(path)
      continue
    }
    const inside = await imagesIn(path)
    if (inside.length === 0) {
      const expected = `files ending in ${[...imageExtensions].join(', ')}`
      throw new DblossError('argument', `the folder ${path} has no image; expected ${expected}`, {
        argument: 'images',
        found: path,
        expected,
      })
    }
    found.push(...inside)
  }
  return found
}

async function imagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return names
    .filter((name) => imageExtensions.has(extname(name).toLowerCase()))
    .map((name) => join(folder, name))
    .sort()
}
