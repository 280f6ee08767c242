import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as ort from 'onnxruntime-node'
import { beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import {
  decodeModel,
  encodeModel,
  GraphBuilder,
  type ModelProto,
  readModelFile,
  type TensorProto,
  tensorData,
  writeModelFile,
} from '../../src/index.ts'
import { tensorsOf } from '../../src/onnx/walk-graphs.ts'

const width = 40

/** y = x · weights + bias, with weights of 6400 and 1600 bytes and a bias that is small. */
function model(seed = 1): ModelProto {
  const graph = new GraphBuilder('linear')
  const x = graph.input('x', 'float', ['batch', width])
  const weights = (name: string, rows: number, columns: number) =>
    graph.initializer(
      name,
      Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(seed * i)),
      [rows, columns],
    )
  const hidden = graph.node('MatMul', [x, weights('first', width, width)])
  const bias = graph.initializer('bias', new Float32Array(10).fill(seed), [10])
  const y = graph.node('Gemm', [hidden, weights('second', width, 10), bias])
  graph.output('y', y, 'float', ['batch', 10])
  return graph.toModel()
}

async function run(source: string | Uint8Array): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(source as string)
  const x = Float32Array.from({ length: 2 * width }, (_, index) => Math.cos(index))
  const { y } = await session.run({ x: new ort.Tensor('float32', x, [2, width]) })
  await session.release()
  return y!.data as Float32Array
}

const external = { externalDataThreshold: 0 }
let folder: string
let path: string
beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder, 'model.onnx')
})
const filesThere = () => readdirSync(folder).sort()

describe('writing', () => {
  test('a small model is one file', async () => {
    await writeModelFile(path, model())
    expect(new Uint8Array(readFileSync(path))).toEqual(encodeModel(model()))
    expect(filesThere()).toEqual(['model.onnx'])
  })

  test('a large one has its weights beside it, on pages; ONNX Runtime computes the same', async () => {
    const given = model()
    await writeModelFile(path, given, external)
    expect(given).toEqual(model())
    expect(filesThere()).toEqual(['model.onnx', 'model.onnx_data'])
    const stored = decodeModel(readFileSync(path)).graph!.initializer
    const entries = stored.map(({ externalData }) => externalData?.map(({ key, value }) => `${key} ${value}`))
    expect(entries).toEqual([
      ['location model.onnx_data', 'offset 0', 'length 6400'],
      undefined,
      ['location model.onnx_data', 'offset 8192', 'length 1600'],
    ])
    expect(await run(path)).toEqual(await run(encodeModel(given)))
    expect(encodeModel(await readModelFile(path))).toEqual(encodeModel(given))
  })

  test('one after the other replace each other, data and all', async () => {
    await writeModelFile(path, model(1), external)
    await writeModelFile(path, model(2), external)
    expect(filesThere()).toEqual(['model.onnx', 'model.onnx_data_2'])
    expect(encodeModel(await readModelFile(path))).toEqual(encodeModel(model(2)))
    await writeModelFile(path, model(3), external)
    expect(filesThere()).toEqual(['model.onnx', 'model.onnx_data'])
    expect(encodeModel(await readModelFile(path))).toEqual(encodeModel(model(3)))
    await writeModelFile(path, model(4))
    expect(filesThere()).toEqual(['model.onnx'])
  })

  test('a model that cannot be written leaves no data', async () => {
    mkdirSync(path)
    await expect(writeModelFile(path, model(), external)).rejects.toThrow(
      expect.objectContaining({ code: 'output', message: expect.stringMatching(/cannot write .*model.onnx: E/) }),
    )
    expect(filesThere()).toEqual(['model.onnx'])
  })

  test('a threshold beyond 2 GiB is refused', async () => {
    await expect(writeModelFile(path, model(), { externalDataThreshold: 2 ** 31 })).rejects.toThrow(
      'externalDataThreshold is 2147483648',
    )
  })
})

describe('reading', () => {
  test('what Python wrote, an initializer and a constant', async () => {
    const { graph } = await readModelFile(
      fileURLToPath(new URL('../fixtures/external-data/model.onnx', import.meta.url)),
    )
    const data = [...tensorsOf(graph!)].map(tensorData)
    expect(data).toEqual([Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25), Float32Array.of(0.5, -1)])
  })

  test('through links, as caches lay files out', async () => {
    await writeModelFile(path, model(), external)
    mkdirSync(join(folder, 'blobs'))
    mkdirSync(join(folder, 'snapshot'))
    for (const name of ['model.onnx', 'model.onnx_data']) {
      renameSync(join(folder, name), join(folder, 'blobs', `hash of ${name}`))
      symlinkSync(`../blobs/hash of ${name}`, join(folder, 'snapshot', name))
    }
    const read = await readModelFile(join(folder, 'snapshot', 'model.onnx'))
    expect(encodeModel(read)).toEqual(encodeModel(model()))
  })

  /** Changes the entries of the first tensor, as an attacker may. */
  async function withEntries(
    change: Readonly<Record<string, string>>,
    further: Partial<TensorProto> = {},
  ): Promise<void> {
    await writeModelFile(path, model(), external)
    const written = decodeModel(readFileSync(path))
    const [tensor] = written.graph!.initializer as [TensorProto]
    const entries = new Map(tensor.externalData!.map(({ key, value }) => [key!, value!]))
    for (const [key, value] of Object.entries(change)) entries.set(key, value)
    Object.assign(tensor, { externalData: [...entries].map(([key, value]) => ({ key, value })) }, further)
    writeFileSync(path, encodeModel(written))
  }

  const refused = (message: string) =>
    expect(readModelFile(path)).rejects.toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'model', message: expect.stringContaining(message) }),
    )

  test.each([
    '../secret',
    '/etc/passwd',
    'weights/../../secret',
    '..\\secret',
    '\\\\server\\share',
    'C:\\secret',
    'c:secret',
    'data\0',
    '..',
    '',
  ])('a location outside the folder is refused: %j', async (location) => {
    await withEntries({ location })
    await refused("expected a file in the model's folder, by its relative path")
  })

  test('a link out of the folder is refused', async () => {
    const outside = join(temporaryFolder(), 'secret')
    writeFileSync(outside, new Uint8Array(6400))
    symlinkSync(outside, join(folder, 'link'))
    await withEntries({ location: 'link' })
    await refused("is outside the model's folder")
  })

  test('a folder that is a link out of the folder is refused', async () => {
    const outside = temporaryFolder()
    writeFileSync(join(outside, 'secret'), new Uint8Array(6400))
    symlinkSync(outside, join(folder, 'weights'))
    await withEntries({ location: 'weights/secret' })
    await refused("is outside the model's folder")
  })

  test.each([
    ['a missing file', { location: 'missing' }, 'missing: ENOENT'],
    ['a folder', { location: 'weights' }, 'it is not a file'],
    ['an offset beyond the file', { offset: '1000000' }, 'bytes 1000000 to 1006400'],
    ['an offset near 2^53', { offset: '9007199254740991' }, 'which has 9792; is the file complete?'],
    ['an offset beyond 2^53', { offset: '9999999999999999' }, "the offset '9999999999999999'"],
    ['a negative offset', { offset: '-1' }, "the offset '-1'"],
    ['an offset that is no number', { offset: '0x10' }, "the offset '0x10'"],
    ['a length that differs from the shape', { length: '6396' }, "6396 bytes in 'model.onnx_data'; expected 6400"],
  ])('%s is refused', async (_, change, message) => {
    mkdirSync(join(folder, 'weights'))
    await withEntries(change)
    await refused(message)
  })

  test('data that are cut off are refused', async () => {
    await writeModelFile(path, model(), external)
    truncateSync(join(folder, 'model.onnx_data'), 9000)
    await refused("the model refers to bytes 8192 to 9792 of 'model.onnx_data', which has 9000")
  })

  test.each<[string, Partial<TensorProto>, string]>([
    ['data in two places', { rawData: new Uint8Array(6400) }, 'has data of its own and names another file too'],
    ['texts in another file', { dataType: 8 }, 'has strings and names another file too'],
    ['an unknown element type', { dataType: 99 }, 'has element type 99, which is not known'],
    ['a negative dimension', { dims: [-width, -width] }, 'has the shape [-40, -40], which no data has'],
    ['an absurd shape', { dims: [2 ** 40, 2 ** 40] }, 'which no data has'],
  ])('%s: refused', async (_, tensor, message) => {
    await withEntries({}, tensor)
    await refused(message)
  })

  test('more than 2 GiB in all are refused before they are read', async () => {
    // The file has no content on the disk.
    await withEntries({ offset: '0', length: String(2 ** 31) }, { dims: [2 ** 29] })
    truncateSync(join(folder, 'model.onnx_data'), 2 ** 31)
    await refused('a session is made of at most 2 GiB')
    rmSync(path)
    writeFileSync(path, '')
    truncateSync(path, 2 ** 31)
    await refused('at most 2 GiB are read at once')
  })
})
