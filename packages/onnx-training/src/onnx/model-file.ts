import { DblossError } from '@dbloss/core'
import { openBeside, openModel } from '#files'
import { LARGEST_FILE, type OpenFile } from '../files/files.ts'
import { decodeModel } from './codec.ts'
import { type ExternalRegion, externalEntries, externalRegion } from './external-data.ts'
import { graphOf } from './model-graph.ts'
import { DATA_TYPE, type ModelProto, type TensorProto } from './types.ts'
import { tensorsOf } from './walk-graphs.ts'
import { withInitializers } from './with-initializers.ts'

/**
 * Reads a model file in Node, with the data that its tensors keep in other files (`external_data` of ONNX). Those files
 * have to lie in the model's folder, and links in it must not lead out of it.
 *
 * @throws DblossError `model` for a file that cannot be read or is no model; for external data outside the folder, beyond
 * the end of its file, or of another size than the tensor's shape asks for; and for a model of more than 2 GiB in all;
 * before the data are read. `argument` in a browser, where `decodeModel` takes the bytes.
 */
export async function readModelFile(path: string): Promise<ModelProto> {
  const file = await ModelFile.open(path)
  try {
    return await file.read()
  } finally {
    await file.close()
  }
}

/** Smaller tensors stay in the model: they may hold numbers that decide how gradients are written. */
const SMALLEST_LEFT = 2 ** 16

/** The data of a tensor in an open file. */
interface Region {
  readonly file: OpenFile
  readonly offset: number
  readonly length: number
}

/** A model file with the files of its external data, open for reading: large weights can be left in them. */
export class ModelFile {
  readonly #path: string
  readonly #main: OpenFile
  readonly #files = new Map<string, OpenFile>()
  /** By what was read: tensors that share data, and copies of tensors, are the same region. */
  readonly #regions = new WeakMap<Uint8Array, Region>()

  private constructor(path: string, main: OpenFile) {
    this.#path = path
    this.#main = main
  }

  /** @throws DblossError `model` for a file that cannot be read, `argument` in a browser. */
  static async open(path: string): Promise<ModelFile> {
    return new ModelFile(path, await openModel(path))
  }

  /** The folder that {@link leaveData} names files relative to. */
  get folder(): string {
    return this.#main.folder
  }

  /** @throws DblossError `model`; see {@link readModelFile}. */
  async read(): Promise<ModelProto> {
    const bytes = await this.#main.read(0, this.#main.size)
    const model = decodeModel(bytes)
    const tensors = [...tensorsOf(graphOf(model))]
    for (const tensor of tensors) {
      const { rawData } = tensor
      if (rawData === undefined) continue
      const offset = rawData.byteOffset - bytes.byteOffset
      if (canBeLeft(tensor)) this.#regions.set(rawData, { file: this.#main, offset, length: rawData.length })
      // A view would keep the whole file in memory.
      else tensor.rawData = rawData.slice()
    }
    const external = tensors
      .filter(({ dataLocation }) => dataLocation === 1)
      .map((tensor) => ({ tensor, ...externalRegion(tensor) }))
    checkTotal(this.#path, bytes.length + external.reduce((sum, { length }) => sum + length, 0))
    for (const { location, offset, length } of external) {
      const file = this.#files.get(location) ?? (await openBeside(this.#path, location))
      this.#files.set(location, file)
      checkRegion({ location, offset, length }, file.size)
    }
    for (const { tensor, location, offset, length } of external) {
      const file = this.#files.get(location)!
      tensor.rawData = await file.read(offset, length)
      this.#regions.set(tensor.rawData, { file, offset, length })
      delete tensor.dataLocation
      delete tensor.externalData
    }
    return model
  }

  /** The model without the data of large weights that lie in the files: it refers to them there. */
  leaveData(model: ModelProto): ModelProto {
    return withInitializers(model, (tensor) => {
      const { rawData, ...rest } = tensor
      const region = rawData === undefined ? undefined : this.#regions.get(rawData)
      if (region === undefined || !canBeLeft(tensor) || region.file.folder !== this.folder) return tensor
      const { file, offset, length } = region
      return { ...rest, ...externalEntries({ location: file.name, offset, length }) }
    })
  }

  /** The model with the data that {@link leaveData} has left in the files. */
  async fetchData(model: ModelProto): Promise<ModelProto> {
    const files = new Map([this.#main, ...this.#files.values()].map((file) => [file.name, file]))
    const data = new Map<TensorProto, Uint8Array>()
    for (const tensor of graphOf(model).initializer.filter(isLeft)) {
      const { location, offset, length } = externalRegion(tensor)
      data.set(tensor, await files.get(location)!.read(offset, length))
    }
    return withInitializers(model, (tensor) => {
      const { externalData: _region, dataLocation: _location, ...rest } = tensor
      return data.has(tensor) ? { ...rest, rawData: data.get(tensor)! } : tensor
    })
  }

  /** Whether the files are still what they were when they were opened, at their paths. */
  async isInPlace(): Promise<boolean> {
    const inPlace = await Promise.all([this.#main, ...this.#files.values()].map((file) => file.isInPlace()))
    return inPlace.every(Boolean)
  }

  async close(): Promise<void> {
    for (const file of [this.#main, ...this.#files.values()]) await file.close()
  }
}

/** Whether the data of a tensor were left in a file. */
export function isLeft({ dataLocation }: TensorProto): boolean {
  return dataLocation === 1
}

function canBeLeft({ dataType, rawData = new Uint8Array() }: TensorProto): boolean {
  return (dataType === DATA_TYPE.float || dataType === DATA_TYPE.double) && rawData.length >= SMALLEST_LEFT
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
