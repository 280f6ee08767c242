import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a file or folder as a whole or not at all: `write` fills a path beside it, which then takes its place. What was
 * there before is replaced; after an error or an interruption nothing half-written is left.
 */
export async function writeWhole<Result>(path: string, write: (temporary: string) => Promise<Result>): Promise<Result> {
  const temporary = join(dirname(path), `.new-${basename(path)}`)
  await mkdir(dirname(path), { recursive: true })
  await rm(temporary, { recursive: true, force: true })
  try {
    const result = await write(temporary)
    await rm(path, { recursive: true, force: true })
    await rename(temporary, path)
    return result
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
}
