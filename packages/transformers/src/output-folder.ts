import { randomBytes } from 'node:crypto'
import { access, constants, mkdir, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DblossError } from '@dbloss/core'
import { hasRecord } from './classifier-config.ts'

/** What a folder holds, for messages, and whether a folder is such a one: only then is it overwritten. */
export interface FolderContent {
  readonly name: string
  readonly isIn: (folder: string) => Promise<boolean>
}

/** How {@link writeFolder} writes. */
export interface WriteFolderOptions {
  /** Replaces a folder with the same content. */
  readonly overwrite: boolean
  readonly signal?: AbortSignal | undefined
  /** Default: a model that dbloss saved. */
  readonly content?: FolderContent
}

const model: FolderContent = { name: 'model', isIn: hasSavedModel }

/**
 * Checks before work starts that a folder can be written, and removes what a killed run has left beside it.
 *
 * @throws DblossError `output` when it exists and is not empty, unless `overwrite` is set and dbloss wrote it; when it is a
 * file; and when its place cannot be written.
 */
export async function checkOutputFolder(output: string, overwrite: boolean, content = model): Promise<void> {
  const path = resolve(output)
  await recover(path)
  const entry = await stat(path).catch(() => undefined)
  if (entry === undefined) return checkWritable(dirname(path), output)
  if (!entry.isDirectory()) throw refusal(`${output} is a file`, output, 'a folder')
  if ((await readdir(path)).length > 0) {
    if (!overwrite) throw refusal(`${output} exists and is not empty`, output, 'a new folder, or overwrite')
    if (!(await content.isIn(path))) {
      const problem = `${output} is no ${content.name} that dbloss wrote, so it is not overwritten`
      throw refusal(problem, output, `a ${content.name} of dbloss`)
    }
  }
  return checkWritable(dirname(path), output)
}

/**
 * Writes a folder as a whole: `write` fills a temporary folder beside it, which then takes its place. After an error or an
 * abort nothing of it is left.
 *
 * @throws DblossError `output` as {@link checkOutputFolder}, and with the reason when the system refuses a write, as on a disk
 * without room.
 */
export async function writeFolder(
  output: string,
  { overwrite, signal, content = model }: WriteFolderOptions,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const path = resolve(output)
  await checkOutputFolder(output, overwrite, content)
  const temporary = siblingOf(path, 'new')
  try {
    await mkdir(temporary, { recursive: true })
    await write(temporary)
    signal?.throwIfAborted()
    await takePlace(temporary, path)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    if (!(error instanceof Error) || !('syscall' in error)) throw error
    throw new DblossError('output', `${output} cannot be written: ${error.message}`, {
      argument: 'output',
      found: output,
      expected: `a folder that can be written, with room for the ${content.name}`,
      cause: error,
    })
  }
}

/** A rename replaces no folder that has files: the old one moves aside, and comes back when the new one cannot move in. */
async function takePlace(temporary: string, path: string): Promise<void> {
  const old = siblingOf(path, 'old')
  const hadFiles = (await readdir(path).catch(() => [])).length > 0
  if (hadFiles) await rename(path, old)
  else await rmdir(path).catch(() => undefined)
  try {
    await rename(temporary, path)
  } catch (error) {
    if (hadFiles) await rename(old, path)
    throw error
  }
  await rm(old, { recursive: true, force: true })
}

/** The names of the temporary folders: of which run, new or old. */
function siblingOf(path: string, kind: 'new' | 'old'): string {
  const suffix = `${process.pid}-${randomBytes(4).toString('hex')}`
  return join(dirname(path), `.${basename(path)}.dbloss-${kind}-${suffix}`)
}

/** Undoes what a killed run has left: a replaced folder comes back, a half-written one goes. */
async function recover(path: string): Promise<void> {
  const prefix = `.${basename(path)}.dbloss-`
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    const [, kind, pid] = name.startsWith(prefix) ? (/-(new|old)-(\d+)-[0-9a-f]{8}$/.exec(name) ?? []) : []
    if (kind === undefined || isRunning(Number(pid))) continue
    const left = join(dirname(path), name)
    const isMissing = (await stat(path).catch(() => undefined)) === undefined
    if (kind === 'old' && isMissing) await rename(left, path)
    else await rm(left, { recursive: true, force: true })
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

async function hasSavedModel(path: string): Promise<boolean> {
  return hasRecord(await readFile(join(path, 'config.json'), 'utf8').catch(() => ''))
}

/** The nearest existing folder must be writable: the folders between are made when there is something to write. */
async function checkWritable(folder: string, output: string): Promise<void> {
  try {
    const entry = await stat(folder)
    if (!entry.isDirectory()) throw refusal(`${folder} is a file`, output, 'a folder')
    await access(folder, constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && dirname(folder) !== folder) return checkWritable(dirname(folder), output)
    if (code === 'ENOTDIR') throw refusal(`${output} lies below a file`, output, 'a folder')
    if (code === 'EACCES' || code === 'EROFS') throw refusal(`${folder} cannot be written`, output, 'a writable folder')
    throw error
  }
}

function refusal(problem: string, found: string, expected: string): DblossError {
  return new DblossError('output', `${problem}; expected ${expected}`, { argument: 'output', found, expected })
}
