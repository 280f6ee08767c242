import { DblossError } from '@dbloss/core'
import { elementCount } from '../element-count.ts'
import { DATA_TYPE, type TensorProto } from './types.ts'

/** Bits an element, by element type, up to opset 21. Strings have no size of their own. */
const bitsOf: Readonly<Record<number, number>> = {
  [DATA_TYPE.float]: 32,
  [DATA_TYPE.uint8]: 8,
  [DATA_TYPE.int8]: 8,
  [DATA_TYPE.uint16]: 16,
  [DATA_TYPE.int16]: 16,
  [DATA_TYPE.int32]: 32,
  [DATA_TYPE.int64]: 64,
  [DATA_TYPE.bool]: 8,
  [DATA_TYPE.float16]: 16,
  [DATA_TYPE.double]: 64,
  [DATA_TYPE.uint32]: 32,
  [DATA_TYPE.uint64]: 64,
  // complex64, complex128, bfloat16
  14: 64,
  15: 128,
  16: 16,
  // float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz
  17: 8,
  18: 8,
  19: 8,
  20: 8,
  // uint4, int4: two in a byte
  21: 4,
  22: 4,
}

/** How a message names a tensor. */
export function describeTensor(tensor: TensorProto): string {
  return `tensor '${tensor.name ?? ''}'`
}

/**
 * The number of elements that a tensor's shape tells.
 *
 * @throws DblossError `model` for a negative dimension, and for more elements than 2⁵³.
 */
export function checkedElementCount(tensor: TensorProto): number {
  const count = elementCount(tensor.dims)
  if (tensor.dims.every((dimension) => dimension >= 0) && Number.isSafeInteger(count)) return count
  const problem = `${describeTensor(tensor)} has the shape [${shapeText(tensor.dims)}], which no data has`
  throw new DblossError('model', problem, {
    argument: describeTensor(tensor),
    found: shapeText(tensor.dims),
    expected: 'dimensions ≥ 0 with a product below 2^53',
  })
}

/** A shape in a message, which a broken file may give a million dimensions. */
export function shapeText(dims: readonly number[]): string {
  return dims.length > 16 ? `${dims.slice(0, 16).join(', ')}, … (${dims.length} dimensions)` : dims.join(', ')
}

/**
 * The bytes that the elements of a tensor take, or `undefined` for strings.
 *
 * @throws DblossError `model` for a shape that no data has, and for an unknown element type.
 */
export function byteLength(tensor: TensorProto): number | undefined {
  const count = checkedElementCount(tensor)
  if (tensor.dataType === DATA_TYPE.string) return undefined
  const bits = bitsOf[tensor.dataType ?? 0]
  if (bits !== undefined) return Math.ceil(count * (bits / 8))
  throw new DblossError('model', `${describeTensor(tensor)} has element type ${tensor.dataType}, which is not known`, {
    argument: describeTensor(tensor),
    found: tensor.dataType,
    expected: 'an element type of ONNX',
  })
}
