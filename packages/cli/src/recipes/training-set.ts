import { readFile } from 'node:fs/promises'
import { DblossError, longTailedSubset } from '@dbloss/core'
import type { ImageItem } from '@dbloss/transformers'
import type { Recipe, RecipeImages } from './recipe.ts'

/**
 * The images of the pool that a list names, in its order: an id a line, as the lists that were released with the paper.
 *
 * @throws DblossError `data` with the line for an id that the pool lacks or that stands there twice; for a file that cannot be
 * read and for an empty one.
 */
export async function listedImages({ pool }: RecipeImages, recipe: Recipe, list: string): Promise<ImageItem[]> {
  const images = new Map(pool.map((item) => [item.id, item]))
  const lines = new Map<string, number>()
  for (const [index, line] of (await readText(list)).split('\n').entries()) {
    const id = line.trim()
    if (id === '') continue
    const earlier = lines.get(id)
    if (earlier !== undefined) throw listError(`${list} line ${index + 1} names ${id}, as line ${earlier} does`, id)
    if (!images.has(id))
      throw listError(`${list} line ${index + 1} names ${shown(id)}, which is not in ${recipe.pool}`, id)
    lines.set(id, index + 1)
  }
  if (lines.size === 0) throw listError(`${list} names no image`, list)
  return [...lines.keys()].flatMap((id) => images.get(id) ?? [])
}

/** A long-tailed subset of the pool, drawn as the paper draws it. */
export function drawnImages({ pool, classNames }: RecipeImages, { max }: Recipe, seed: number): ImageItem[] {
  const labels = pool.map((item) => item.labels)
  return longTailedSubset({ labels, classCount: classNames.length, max, seed }).map((index) => pool[index]!)
}

/** A list that is no text may be one endless line. */
function shown(id: string): string {
  return id.length > 40 ? `${JSON.stringify(id.slice(0, 40))}…` : id
}

async function readText(list: string): Promise<string> {
  try {
    return await readFile(list, 'utf8')
  } catch (cause) {
    throw listError(`${list} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, list, cause)
  }
}

function listError(problem: string, found: string, cause?: unknown): DblossError {
  const expected = 'ids of images, one a line'
  return new DblossError('data', `${problem}; expected ${expected}`, { argument: 'list', found, expected, cause })
}
