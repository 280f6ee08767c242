import { DblossError } from '@dbloss/core'
import { DATA_TYPE, type ElementTypeName, type ValueInfoProto } from './onnx/index.ts'
import type { OrtData, OrtElementType } from './ort.ts'

/** How values of an element type are fed. */
export interface FeedType {
  readonly type: OrtElementType
  readonly create: (length: number) => OrtData
}

/** Element types that can be fed, with their arrays. */
export const feedTypes: Readonly<Partial<Record<ElementTypeName, FeedType>>> = {
  float: { type: 'float32', create: (length) => new Float32Array(length) },
  double: { type: 'float64', create: (length) => new Float64Array(length) },
  float16: { type: 'float16', create: (length) => new Uint16Array(length) },
  int64: { type: 'int64', create: (length) => new BigInt64Array(length) },
  int32: { type: 'int32', create: (length) => new Int32Array(length) },
  uint8: { type: 'uint8', create: (length) => new Uint8Array(length) },
  bool: { type: 'bool', create: (length) => new Uint8Array(length) },
}

/** How an input is fed. @throws DblossError `model` for an element type that cannot be fed. */
export function feedTypeOf({ name, type }: ValueInfoProto): FeedType {
  const elementType = elementTypeName(type?.tensorType?.elemType)
  const known = elementType === undefined ? undefined : feedTypes[elementType]
  if (known !== undefined) return known
  throw new DblossError('model', `the input '${name}' has the element type ${elementType ?? 'of no tensor'}`, {
    argument: 'model',
    found: elementType,
    expected: `one of ${Object.keys(feedTypes).join(', ')}`,
  })
}

/** The name of an element type by its number in the format. */
function elementTypeName(number: number | undefined): ElementTypeName | undefined {
  return (Object.keys(DATA_TYPE) as ElementTypeName[]).find((name) => DATA_TYPE[name] === number)
}
