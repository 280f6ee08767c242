import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  decodeSafetensors,
  encodeSafetensors,
  type OrtData,
  type SafetensorsTensor,
  type SafetensorsType,
  writeFileAtomic,
} from '@dbloss/onnx-training'
import { makeWritableFolder } from '../writable-folder.ts'

/** What the frozen blocks make of one image, by the names of the values. */
export type FrozenRow = Readonly<Record<string, OrtData>>

/** Keeps rows by the hash of their image. */
export interface RowStore {
  has(key: string): boolean
  add(key: string, row: FrozenRow): Promise<void>
  get(key: string): Promise<FrozenRow>
}

/** Rows in memory. */
export function memoryRows(): RowStore {
  const rows = new Map<string, FrozenRow>()
  return {
    has: (key) => rows.has(key),
    add: async (key, row) => void rows.set(key, row),
    get: async (key) => rows.get(key)!,
  }
}

const extension = '.safetensors'

/**
 * Rows in a folder, a file each, which is read whenever the row is needed. Files that were there before are checked by the
 * hash that they carry of their content; those that are damaged are computed again.
 *
 * @throws DblossError `output` when the folder cannot be made or read. `add` throws it when a row cannot be written.
 */
export async function fileRows(folder: string): Promise<RowStore> {
  const fileOf = (key: string) => join(folder, `${key}${extension}`)
  const keys = new Set<string>()
  await makeWritableFolder(folder, 'cache')
  for (const name of await readdir(folder)) {
    const key = name.slice(0, -extension.length)
    if (name.endsWith(extension) && isWhole(await readFile(fileOf(key)))) keys.add(key)
  }
  return {
    has: (key) => keys.has(key),
    add: async (key, row) => {
      await writeFileAtomic(fileOf(key), encodeRow(row))
      keys.add(key)
    },
    get: async (key) => decodeRow(await readFile(fileOf(key))),
  }
}

const elementTypes: Readonly<Record<string, SafetensorsType>> = {
  Float32Array: 'F32',
  Float64Array: 'F64',
  BigInt64Array: 'I64',
  Int32Array: 'I32',
  Uint16Array: 'U16',
  Uint8Array: 'U8',
}

function encodeRow(row: FrozenRow): Uint8Array[] {
  const tensors = Object.entries(row).map(([name, data]) => {
    const dtype = elementTypes[data.constructor.name]!
    return [name, { dtype, shape: [data.length], data } as SafetensorsTensor] as const
  })
  return encodeSafetensors(Object.fromEntries(tensors), { sha256: hashOf(row) })
}

function decodeRow(bytes: Uint8Array): FrozenRow {
  const { tensors } = decodeSafetensors(bytes)
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data as OrtData]))
}

function isWhole(bytes: Uint8Array): boolean {
  try {
    return decodeSafetensors(bytes).metadata.sha256 === hashOf(decodeRow(bytes))
  } catch {
    return false
  }
}

function hashOf(row: FrozenRow): string {
  const hash = createHash('sha256')
  for (const name of Object.keys(row).sort()) {
    const { buffer, byteOffset, byteLength } = row[name]!
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength))
  }
  return hash.digest('hex')
}
