import { checkNumber, DblossError } from '@dbloss/core'
import { beside, exists, readFile, removeFile, writeFileAtomic } from '#files'
import { LARGEST_FILE } from '../files/files.ts'
import { decodeModel, encodeModelChunks } from './codec.ts'
import { separateData } from './external-data.ts'
import type { ModelProto } from './types.ts'
import { tensorsOf } from './walk-graphs.ts'

/** Options of {@link writeModelFile}. */
export interface WriteModelOptions {
  /** A larger model has its weights in a second file, in bytes. Default 1.5 · 2³⁰; at most 2³¹ − 1. */
  readonly externalDataThreshold?: number
}

/**
 * Writes a model file in Node. A large model keeps its weights in a second file beside it, `<name>_data` (or
 * `<name>_data_2` where the model that is replaced uses the first).
 *
 * The model appears as a whole or not at all, and replaces an older one as a whole: the weights are written first, under a
 * name that the older model does not use, so that a process that is killed in between leaves that one as it was.
 *
 * @throws DblossError `output`, naming the path and the reason, when it cannot be written; nothing of it is left then.
 * `argument` in a browser, where `encodeModel` gives the bytes.
 */
export async function writeModelFile(
  path: string,
  model: ModelProto,
  { externalDataThreshold = 1.5 * 2 ** 30 }: WriteModelOptions = {},
): Promise<void> {
  checkNumber('externalDataThreshold', externalDataThreshold, { minimum: 0, maximum: LARGEST_FILE })
  const older = await dataFilesOf(path)
  const chunks = encodeModelChunks(model)
  if (totalLength(chunks) <= externalDataThreshold) await writeFileAtomic(path, chunks)
  else {
    const location = dataFileNames(path).find((name) => !older.includes(name))!
    const separated = separateData(model, location)
    const rest = encodeModelChunks(separated.model)
    checkRest(path, totalLength(rest))
    const dataPath = beside(path, location)
    await writeFileAtomic(dataPath, separated.data)
    try {
      await writeFileAtomic(path, rest)
    } catch (error) {
      await removeFile(dataPath)
      throw error
    }
  }
  for (const name of older) await removeFile(beside(path, name))
}

function checkRest(path: string, length: number): void {
  if (length <= LARGEST_FILE) return
  throw new DblossError('output', `${path} would have ${length} bytes without its raw initializers, beyond 2 GiB`, {
    argument: 'model',
    found: length,
    expected: `at most ${LARGEST_FILE} bytes outside raw initializers`,
  })
}

function dataFileNames(path: string): [string, string] {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  return [`${name}_data`, `${name}_data_2`]
}

/** Which of the names for data the model that is there now uses. */
async function dataFilesOf(path: string): Promise<string[]> {
  const names = dataFileNames(path)
  const present = await Promise.all(names.map((name) => exists(beside(path, name))))
  if (!present.includes(true) || !(await exists(path))) return []
  const { graph } = decodeModel(await readFile(path, 'model'))
  const locations = new Set(
    [...tensorsOf(graph!)].flatMap(({ externalData = [] }) =>
      externalData.flatMap(({ key, value }) => (key === 'location' ? [value] : [])),
    ),
  )
  return names.filter((name) => locations.has(name))
}

function totalLength(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0)
}
