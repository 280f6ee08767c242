import { DblossError } from '@dbloss/core'
import { byteLength, describeTensor } from './tensor-size.ts'
import type { ModelProto, TensorProto } from './types.ts'
import { withInitializers } from './with-initializers.ts'

/** ONNX asks for offsets that are multiples of a page of memory, so that files can be mapped. */
const PAGE = 4096
/** Smaller tensors stay in the model, as in onnx.external_data_helper. */
const SMALLEST = 1024

/** Where the data of a tensor lie: `length` bytes from `offset` of the file `location`, relative to the model's folder. */
export interface ExternalRegion {
  readonly location: string
  readonly offset: number
  readonly length: number
}

/**
 * Reads the entries of a tensor with external data.
 *
 * @throws DblossError `model` for a location outside the model's folder, for offsets and lengths that are no numbers, and
 * for a length that differs from what the shape asks for.
 */
export function externalRegion(tensor: TensorProto): ExternalRegion {
  const label = describeTensor(tensor)
  const entries = new Map(tensor.externalData?.map(({ key, value }) => [key ?? '', value ?? '']))
  const location = entries.get('location') ?? ''
  if (!isInside(location)) {
    throw refusal(
      tensor,
      `${label} keeps its data in '${location}'`,
      "a file in the model's folder, by its relative path",
    )
  }
  const expected = byteLength(tensor)
  if (expected === undefined || tensor.rawData !== undefined) {
    const found = expected === undefined ? 'strings' : 'data of its own'
    throw refusal(tensor, `${label} has ${found} and names another file too`, 'numbers in one place')
  }
  const offset = entryNumber(tensor, 'offset', entries.get('offset') ?? '0')
  const length = entryNumber(tensor, 'length', entries.get('length') ?? String(expected))
  if (length === expected) return { location, offset, length }
  throw refusal(tensor, `${label} has ${length} bytes in '${location}'`, `${expected}, as its shape asks for`)
}

/** Whether a path leads into a folder on every system: no root, no drive, no way up. */
function isInside(location: string): boolean {
  const isRelative = location !== '' && !/^[/\\]|^[A-Za-z]:|\0/.test(location)
  return isRelative && !location.split(/[/\\]/).includes('..')
}

function entryNumber(tensor: TensorProto, key: string, value: string): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN
  if (Number.isSafeInteger(number)) return number
  throw refusal(tensor, `${describeTensor(tensor)} has the ${key} '${value.slice(0, 40)}'`, 'a number of bytes')
}

/** What a tensor says of a region. */
export function externalEntries({
  location,
  offset,
  length,
}: ExternalRegion): Pick<TensorProto, 'externalData' | 'dataLocation'> {
  const entries = { location, offset: String(offset), length: String(length) }
  return { externalData: Object.entries(entries).map(([key, value]) => ({ key, value })), dataLocation: 1 }
}

/** A model whose large initializers lie in another file, and that file's content in parts. */
export interface SeparatedModel {
  readonly model: ModelProto
  readonly data: Uint8Array[]
}

/** Takes the raw initializers of 1 KiB and more out of a model; each begins at a multiple of 4 KiB. The model is not changed. */
export function separateData(model: ModelProto, location: string): SeparatedModel {
  const data: Uint8Array[] = []
  let end = 0
  const separate = (tensor: TensorProto): TensorProto => {
    const { rawData, ...rest } = tensor
    if (rawData === undefined || rawData.length < SMALLEST) return tensor
    const offset = Math.ceil(end / PAGE) * PAGE
    if (offset > end) data.push(new Uint8Array(offset - end))
    data.push(rawData)
    end = offset + rawData.length
    return { ...rest, ...externalEntries({ location, offset, length: rawData.length }) }
  }
  return { model: model.graph === undefined ? model : withInitializers(model, separate), data }
}

function refusal(tensor: TensorProto, found: string, expected: string): DblossError {
  return new DblossError('model', `${found}; expected ${expected}`, {
    argument: describeTensor(tensor),
    found,
    expected,
  })
}
