import { readdir, stat } from 'node:fs/promises'
import { extname, isAbsolute, join } from 'node:path'
import { DblossError } from '@dbloss/core'
import { glob } from 'tinyglobby'

const imageExtensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff'])

/**
 * The image files that are meant by a list of files, folders and patterns: files as they are named; of folders every image
 * in them and in their subfolders; of patterns such as `photos/*.jpg`, for shells that do not expand them, every file
 * that fits; both by name.
 *
 * @throws DblossError `data` for a path that does not exist, a folder without an image and a pattern that nothing fits.
 */
export async function findImages(paths: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const path of paths) {
    const entry = await stat(path).catch(() => undefined)
    if (entry === undefined) found.push(...(await matching(path)))
    else if (entry.isDirectory()) found.push(...(await imagesIn(path)))
    else found.push(path)
  }
  return found
}

async function matching(pattern: string): Promise<string[]> {
  if (!/[*?[{]/.test(pattern)) {
    throw noImages(pattern, `${pattern} does not exist`, 'an image, a folder of images or a pattern')
  }
  const files = await glob(pattern.replaceAll('\\', '/'), {
    absolute: isAbsolute(pattern),
    expandDirectories: false,
  })
  if (files.length === 0) throw noImages(pattern, `nothing fits the pattern ${pattern}`, 'a pattern that images fit')
  return files.sort()
}

async function imagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  const images = names.filter((name) => imageExtensions.has(extname(name).toLowerCase()))
  if (images.length === 0) {
    throw noImages(folder, `the folder ${folder} has no image`, `files ending in ${[...imageExtensions].join(', ')}`)
  }
  return images.map((name) => join(folder, name)).sort()
}

function noImages(path: string, problem: string, expected: string): DblossError {
  return new DblossError('data', `${problem}; expected ${expected}`, { argument: 'images', found: path, expected })
}
