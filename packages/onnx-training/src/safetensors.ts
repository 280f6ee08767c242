import {
  arrays,
  checkedShape,
  LARGEST_HEADER,
  LENGTH_BYTES,
  METADATA,
  readHeader,
  refusal,
  type SafetensorsType,
} from './safetensors-header.ts'

/** A tensor of a safetensors file. `shape` is [] for a scalar; `data` is row-major. */
export type SafetensorsTensor = {
  readonly [Type in SafetensorsType]: {
    readonly dtype: Type
    readonly shape: readonly number[]
    /** float16, bfloat16 and the 8-bit floats as their bits, bool as bytes. */
    readonly data: InstanceType<(typeof arrays)[Type]>
  }
}[SafetensorsType]

/** The content of a safetensors file: tensors, and texts beside them. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, SafetensorsTensor>>
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Writes tensors in the safetensors format, as the parts of a file: the length of the header, the header as JSON, padded
 * with spaces to a multiple of 8 bytes, and the data of the tensors one after the other. As in the reference
 * implementation, those with larger elements come first, then the order is that of the names: all data are aligned.
 *
 * @param metadata texts that are kept beside the tensors.
 * @throws DblossError `data` when the size of the data differs from the shape, or the array does not fit the type.
 * @see https://github.com/huggingface/safetensors#format
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafetensorsTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const ordered = Object.entries(tensors).sort(
    ([name, { dtype }], [otherName, other]) =>
      arrays[other.dtype].BYTES_PER_ELEMENT - arrays[dtype].BYTES_PER_ELEMENT || (name < otherName ? -1 : 1),
  )
  let end = 0
  const entries = ordered.map(([name, { dtype, shape, data }]) => {
    if (name === METADATA) throw refusal(`a tensor is named ${METADATA}`, 'another name')
    if (!(data instanceof arrays[dtype])) {
      throw refusal(`the data of '${name}' are no ${arrays[dtype].name}`, `one for ${dtype}`)
    }
    checkedShape(name, dtype, shape, data.byteLength)
    const start = end
    end += data.byteLength
    return [name, { dtype, shape, data_offsets: [start, end] }] as const
  })
  const texts = Object.keys(metadata).length === 0 ? [] : [[METADATA, metadata] as const]
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...texts, ...entries])))
  const padded = new Uint8Array(Math.ceil(header.length / 8) * 8).fill(0x20)
  if (padded.length > LARGEST_HEADER)
    throw refusal(`the header has ${padded.length} bytes`, `at most ${LARGEST_HEADER}`)
  padded.set(header)
  const length = new Uint8Array(LENGTH_BYTES)
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true)
  const data = ordered.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return [length, padded, ...data]
}

/**
 * Reads a safetensors file. The data are views into `bytes` where they are aligned, otherwise copies.
 *
 * @throws DblossError `data`, before the data are touched, for a header that is longer than the file or 100 MB, or is no
 * JSON of the format; for data that overlap, leave holes or lie outside the file; for sizes that differ from the shapes; and
 * for names that occur twice.
 * @see https://github.com/huggingface/safetensors#format
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { metadata, entries, dataStart } = readHeader(bytes)
  const tensors = entries.map(({ name, dtype, shape, start, end }) => {
    const data = arrayOver(dtype, bytes.subarray(dataStart + start, dataStart + end))
    return [name, { dtype, shape, data } as SafetensorsTensor] as const
  })
  return { tensors: Object.fromEntries(tensors), metadata }
}

function arrayOver(dtype: SafetensorsType, bytes: Uint8Array): SafetensorsTensor['data'] {
  const create = arrays[dtype]
  const { buffer, byteOffset, length } =
    bytes.byteOffset % create.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes)
  return new create(buffer as ArrayBuffer, byteOffset, length / create.BYTES_PER_ELEMENT)
}
