import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import type { Dataset, ImageItem } from '../data/dataset.ts'

/**
 * How predictions and checkpoints name images: relative to the folder of the data, with forward slashes, where they lie in
 * it; otherwise as the data set names them.
 */
export async function imageNames(data: string | Dataset): Promise<(item: ImageItem) => string> {
  if (typeof data !== 'string') return ({ path }) => path
  const path = resolve(data)
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false
  const root = isFolder ? path : dirname(path)
  return (item) => {
    if (!isAbsolute(item.path)) return item.path
    const way = relative(root, item.path)
    return way.startsWith('..') || isAbsolute(way) ? item.path : way.split(sep).join('/')
  }
}
