import type { Stats } from 'node:fs'
import { type FileHandle, open, readFile as readWhole, realpath, rm, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { DblossError, isDblossError } from '@dbloss/core'
import { type Files, LARGEST_FILE, type OpenFile } from './files.ts'

export { removeUnfinished, writeFileAtomic } from './write-file-atomic.ts'

export const beside: Files['beside'] = (path, name) => join(dirname(path), name)

export const removeFile: Files['removeFile'] = (path) => rm(path, { force: true })

export const exists: Files['exists'] = (path) =>
  stat(path).then(
    () => true,
    () => false,
  )

export const readFile: Files['readFile'] = async (path, code = 'data') => {
  try {
    checkSize(await stat(path))
    return await readWhole(path)
  } catch (error) {
    throw failure(code, path, error)
  }
}

export const openModel: Files['openModel'] = async (path) => {
  try {
    const target = await realpath(path)
    checkSize(await stat(target))
    return await openFile(target, path)
  } catch (error) {
    throw failure('model', path, error)
  }
}

export const openBeside: Files['openBeside'] = async (path, location) => {
  const wanted = beside(path, location)
  try {
    const target = await realpath(wanted)
    // A model that is a link itself, as in caches that name files by their hashes, has its data beside what it links to.
    const folders = [await realpath(dirname(path)), dirname(await realpath(path))]
    if (!folders.some((folder) => isInside(target, folder))) {
      throw new DblossError('model', `${wanted} links to ${target}, which is outside the model's folder`, {
        argument: 'location',
        found: location,
        expected: "a file in the model's folder",
      })
    }
    return await openFile(target, wanted)
  } catch (error) {
    throw isDblossError(error) ? error : failure('model', wanted, error)
  }
}

/** @param named - the path that messages name. */
async function openFile(target: string, named: string): Promise<OpenFile> {
  // Opening a pipe would wait for a writer.
  checkIsFile(await stat(target))
  const handle = await open(target, 'r')
  const opened = await handle.stat()
  return {
    folder: dirname(target),
    name: basename(target),
    size: opened.size,
    read: (offset, length) => readRegion(handle, named, offset, length),
    isInPlace: async () => {
      const now = await stat(target).catch(() => undefined)
      return now !== undefined && versionOf(now) === versionOf(opened)
    },
    close: () => handle.close(),
  }
}

/** What differs when a file was replaced or written to. */
function versionOf({ dev, ino, size, mtimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs].join()
}

function checkIsFile(entry: Stats): void {
  if (!entry.isFile()) throw new Error('it is not a file')
}

function checkSize(entry: Stats): void {
  checkIsFile(entry)
  if (entry.size > LARGEST_FILE) throw new Error(`it has ${entry.size} bytes; at most 2 GiB are read at once`)
}

async function readRegion(handle: FileHandle, path: string, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    // Node reads at most 2 GiB at once.
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 2 ** 30), offset + done)
    if (bytesRead === 0) throw failure('model', path, new Error('it became shorter while it was read'))
    done += bytesRead
  }
  return bytes
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function failure(code: 'model' | 'data', path: string, cause: unknown): DblossError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new DblossError(code, `cannot read ${path}: ${reason}`, {
    argument: 'path',
    found: path,
    expected: 'a file that can be read',
    cause,
  })
}
