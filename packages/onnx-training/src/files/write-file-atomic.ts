import { randomBytes } from 'node:crypto'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DblossError } from '@dbloss/core'
import type { Files } from './files.ts'

export const writeFileAtomic: Files['writeFileAtomic'] = async (path, chunks) => {
  const folder = dirname(path)
  const prefix = `.${basename(path)}.dbloss-new-`
  const temporary = join(folder, `${prefix}${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    await removeLeftovers(folder, prefix)
    const handle = await open(temporary, 'wx')
    try {
      for (const chunk of chunks) await handle.writeFile(chunk)
      // Otherwise a power failure could leave the new name with none of the content.
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DblossError('output', `cannot write ${path}: ${reason}`, {
      argument: 'path',
      found: path,
      expected: 'a file in a folder that can be written, with room for it',
      cause,
    })
  }
}

export const removeUnfinished: Files['removeUnfinished'] = (folder) => removeLeftovers(folder, '.')

/** Removes what killed processes have left of files whose temporary names begin so. */
async function removeLeftovers(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, pid] = /\.dbloss-new-(\d+)-[0-9a-f]{8}$/.exec(name) ?? []
    if (!name.startsWith(prefix) || pid === undefined || isRunning(Number(pid))) continue
    await rm(join(folder, name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
