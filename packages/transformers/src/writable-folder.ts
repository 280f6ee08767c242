import { access, constants, mkdir } from 'node:fs/promises'
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
