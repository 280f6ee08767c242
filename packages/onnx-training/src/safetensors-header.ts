import { DblossError } from '@dbloss/core'

/** The arrays of the element types; float16, bfloat16 and the 8-bit floats as their bits, bool as bytes. */
export const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  F8_E4M3: Uint8Array,
  F8_E5M2: Uint8Array,
  BOOL: Uint8Array,
} as const

/** The element types of a safetensors file. */
export type SafetensorsType = keyof typeof arrays

/** The length of the header, a little-endian integer of 64 bits. */
export const LENGTH_BYTES = 8
/** The limit of the reference implementation, in bytes. */
export const LARGEST_HEADER = 100_000_000
/** The name of the texts beside the tensors. */
export const METADATA = '__metadata__'

/** A tensor as the header describes it: from byte `start` to `end` of the data. */
export interface HeaderEntry {
  readonly name: string
  readonly dtype: SafetensorsType
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

/** What the header of a file tells, checked against the size of the file. */
export interface Header {
  readonly metadata: Readonly<Record<string, string>>
  readonly entries: readonly HeaderEntry[]
  /** Where the data begin in the file. */
  readonly dataStart: number
}

const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws DblossError `data`, as `decodeSafetensors`. */
export function readHeader(bytes: Uint8Array): Header {
  const dataStart = LENGTH_BYTES + headerLength(bytes)
  const { [METADATA]: metadata = {}, ...described } = parse(bytes.subarray(LENGTH_BYTES, dataStart))
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw refusal(`${METADATA} is not a record of texts`, 'texts by name')
  }
  const entries = Object.entries(described).map(([name, entry]) => checkedEntry(name, entry))
  checkContiguous(entries, bytes.length - dataStart)
  return { metadata: metadata as Record<string, string>, entries, dataStart }
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) throw refusal(`the file has ${bytes.length} bytes`, 'a safetensors file')
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > LARGEST_HEADER) throw refusal(`the header has ${length} bytes`, `at most ${LARGEST_HEADER}`)
  if (length > bytes.length - LENGTH_BYTES) {
    throw refusal(`the header has ${length} bytes in a file of ${bytes.length}`, 'a complete file')
  }
  return length
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(textDecoder.decode(bytes))
  } catch (cause) {
    throw refusal('the header is not JSON', 'a safetensors file', cause)
  }
  if (!isRecord(header)) throw refusal('the header is not a JSON object', 'tensors by name')
  const members = Object.values(header).reduce<number>(
    (sum, entry) => sum + (isRecord(entry) ? Object.keys(entry).length : 0),
    Object.keys(header).length,
  )
  if (countMembers(bytes) !== members) throw refusal('a name occurs twice in the header', 'names that occur once')
  return header
}

/** The members of all objects of a JSON text; parsing keeps the last of those with one name. */
function countMembers(json: Uint8Array): number {
  const [quote, backslash, colon] = [0x22, 0x5c, 0x3a]
  let members = 0
  let inString = false
  for (let offset = 0; offset < json.length; offset++) {
    const byte = json[offset]
    if (inString && byte === backslash) offset++
    else if (byte === quote) inString = !inString
    else if (byte === colon && !inString) members++
  }
  return members
}

function checkedEntry(name: string, entry: unknown): HeaderEntry {
  const keys = isRecord(entry) ? Object.keys(entry).sort().join(', ') : ''
  if (!isRecord(entry) || keys !== 'data_offsets, dtype, shape') {
    throw refusal(`'${name}' has ${keys || 'no members'}`, 'dtype, shape and data_offsets')
  }
  const { dtype, shape, data_offsets: offsets } = entry
  if (!isType(dtype)) {
    const found = typeof dtype === 'string' ? dtype.slice(0, 40) : typeof dtype
    throw refusal(`'${name}' has the dtype ${found}`, `one of ${Object.keys(arrays).join(', ')}`)
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw refusal(`'${name}' has no data_offsets`, 'where its data begin and end')
  }
  const [start, end] = offsets as [number, number]
  return { name, dtype, shape: checkedShape(name, dtype, shape, end - start), start, end }
}

/** @throws DblossError `data` when a tensor has another number of bytes than its shape and type ask for. */
export function checkedShape(
  name: string,
  dtype: SafetensorsType,
  shape: unknown,
  byteLength: number,
): readonly number[] {
  if (!isSizes(shape)) throw refusal(`the shape of '${name}' is no list of sizes`, 'integers ≥ 0')
  const expected = shape.reduce((product, size) => product * size, arrays[dtype].BYTES_PER_ELEMENT)
  if (expected === byteLength) return shape
  throw refusal(`'${name}' has ${byteLength} bytes of ${dtype}`, `${expected}, as its shape asks for`)
}

function checkContiguous(entries: readonly HeaderEntry[], dataLength: number): void {
  let end = 0
  for (const entry of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (entry.start !== end) {
      throw refusal(`the data of '${entry.name}' begin at ${entry.start}`, `${end}, where those before it end`)
    }
    end = entry.end
  }
  if (end !== dataLength) throw refusal(`the data end at ${end}`, `${dataLength}, where the file ends`)
}

function isType(value: unknown): value is SafetensorsType {
  return typeof value === 'string' && Object.hasOwn(arrays, value)
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An error about a safetensors file. */
export function refusal(found: string, expected: string, cause?: unknown): DblossError {
  return new DblossError('data', `${found}; expected ${expected}`, { argument: 'safetensors', found, expected, cause })
}
