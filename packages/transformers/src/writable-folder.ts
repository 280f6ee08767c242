import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { DblossError } from '@dbloss/core'
import { removeUnfinished } from '@dbloss/onnx-training'

/**
 * Makes a folder if need be, and removes what killed processes have left of files that they wrote in it.
 *
 * Messages call it `what`, and by the path that the user has `given` where it is another one.
 *
 * @param argument the option that names the folder, for messages.
 * @throws DblossError `output` when it cannot be made, read or written.
 */
export async function makeWritableFolder(
  folder: string,
  argument: string,
  { what = 'folder', given = folder } = {},
): Promise<void> {
  try {
    // On a disk that cannot be written, mkdir says that there is no such folder.
    await access(await nearestFolder(folder), constants.W_OK)
    await mkdir(folder, { recursive: true })
    await access(folder, constants.R_OK | constants.W_OK)
    await removeUnfinished(folder)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DblossError('output', `the ${what} ${given} cannot be used: ${reason}; expected a folder to write in`, {
      argument,
      found: given,
      expected: 'a folder to write in',
      cause,
    })
  }
}

/** The folder itself, or the nearest one above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  const path = resolve(folder)
  const isThere = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  return isThere === undefined && dirname(path) !== path ? nearestFolder(dirname(path)) : path
}
