import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DblossError } from '@dbloss/core'
import type { Recipe } from './recipe.ts'

/**
 * Checks that the user's folder has what a recipe needs.
 *
 * @throws DblossError `data` with what is missing, what to download for it and where to put it.
 */
export async function checkImages(folder: string, { required }: Recipe): Promise<void> {
  for (const { anyOf, download } of required) {
    if (await anyExists(folder, anyOf)) continue
    const place = anyOf.join(' or ')
    const expected = `${place} in it: download ${download} and unpack it so that ${join(folder, anyOf[0]!)} is there`
    const problem = (await exists(folder)) ? `${folder} has no ${place}` : `there is no folder ${folder}`
    throw new DblossError('data', `${problem}; expected ${expected}`, { argument: 'images', found: folder, expected })
  }
}

async function anyExists(folder: string, names: readonly string[]): Promise<boolean> {
  const found = await Promise.all(names.map((name) => exists(join(folder, name))))
  return found.includes(true)
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
