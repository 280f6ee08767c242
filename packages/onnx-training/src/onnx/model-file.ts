import { checkNumber, DblossError } from '@dbloss/core'
import { beside, exists, openBeside, readFile, removeFile, writeFileAtomic } from '#files'
import { LARGEST_FILE, type OpenFile } from '../files/files.ts'
import { decodeModel, encodeModelChunks } from './codec.ts'
import { type ExternalRegion, externalRegion, separateData } from './external-data.ts'
import { graphOf } from './model-graph.ts'
import type { ModelProto, TensorProto } from './types.ts'
import { tensorsOf } from './walk-graphs.ts'

/**
 * Reads a model file in Node, with the data that its tensors keep in other files (`external_data` of ONNX). Those files
 * have to lie in the model's folder, and links in it must not lead out of it.
 *
 * @throws DblossError `model` for a file that cannot be read or is no model; for external data outside the folder, beyond
 * the end of its file, or of another size than the tensor's shape asks for; and for a model of more than 2 GiB in all;
 * before the data are read. `argument` in a browser, where `decodeModel` takes the bytes.
 */
export async function readModelFile(path: string): Promise<ModelProto> {
  const bytes = await readFile(path, 'model')
  const model = decodeModel(bytes)
  const parts = [...tensorsOf(graphOf(model))]
    .filter((tensor) => tensor.dataLocation === 1)
    .map((tensor) => ({ tensor, region: externalRegion(tensor) }))
  checkTotal(path, bytes.length + parts.reduce((sum, { region }) => sum + region.length, 0))

  const opened = new Map<string, OpenFile>()
  try {
    for (const { region } of parts) {
      const file = opened.get(region.location) ?? (await openBeside(path, region.location))
      opened.set(region.location, file)
      checkRegion(region, file.size)
    }
    for (const { tensor, region } of parts) await inline(tensor, region, opened.get(region.location)!)
  } finally {
    for (const file of opened.values()) await file.close()
  }
  return model
}

async function inline(tensor: TensorProto, { offset, length }: ExternalRegion, file: OpenFile): Promise<void> {
  tensor.rawData = await file.read(offset, length)
  delete tensor.dataLocation
  delete tensor.externalData
}

function checkTotal(path: string, total: number): void {
  if (total <= LARGEST_FILE) return
  throw new DblossError('model', `${path} takes ${total} bytes with its data; a session is made of at most 2 GiB`, {
    argument: 'path',
    found: total,
    expected: `at most ${LARGEST_FILE} bytes`,
  })
}

function checkRegion({ location, offset, length }: ExternalRegion, size: number): void {
  if (offset + length <= size) return
  const found = `bytes ${offset} to ${offset + length} of '${location}', which has ${size}`
  throw new DblossError('model', `the model refers to ${found}; is the file complete?`, {
    argument: 'model',
    found,
    expected: 'a region inside the file',
  })
}

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
