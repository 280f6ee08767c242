import { access, constants, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DblossError } from '@dbloss/core'

/**
 * Checks before work starts that a file can be written.
 *
 * @throws DblossError `output` for a folder, and where the folder of the file is missing or cannot be written.
 */
export async function checkWritable(file: string): Promise<void> {
  const folder = dirname(file)
  const isWritable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  const existing = await stat(file).catch(() => undefined)
  if (isWritable && existing?.isDirectory() !== true) return
  const problem = isWritable ? `${file} is a folder` : `the folder ${folder} does not exist or cannot be written`
  throw new DblossError('output', `${problem}; expected a file in a folder that can be written`, {
    argument: 'output',
    found: file,
    expected: 'a file in a folder that can be written',
  })
}

/**
 * Writes a file as a whole or not at all.
 *
 * @throws DblossError `output` when it cannot be written, as on a full disk.
 */
export async function writeWholeFile(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}`)
  try {
    await writeFile(temporary, text)
    await rename(temporary, file)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DblossError('output', `${file} cannot be written: ${reason}`, {
      argument: 'output',
      found: file,
      expected: 'a file in a folder that can be written, with space for it',
      cause,
    })
  }
}
