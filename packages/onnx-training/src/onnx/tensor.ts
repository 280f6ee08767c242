import { DblossError } from '@dbloss/core'
import { elementCount } from '../element-count.ts'
import { halvesOfFloats } from './float16.ts'
import { byteLength, checkedElementCount, describeTensor, shapeText } from './tensor-size.ts'
import { DATA_TYPE, type TensorProto } from './types.ts'

/** The data of a tensor, as an array of its element type; float16 as its 16 bits, bool as bytes. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

type NumericField = 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data'

interface ElementType {
  readonly create: { new (buffer: ArrayBuffer): TensorData; readonly BYTES_PER_ELEMENT: number }
  /** Where the format puts the values when they are not raw. */
  readonly field: NumericField
}

const elementTypes: Readonly<Record<number, ElementType>> = {
  [DATA_TYPE.float]: { create: Float32Array, field: 'floatData' },
  [DATA_TYPE.uint8]: { create: Uint8Array, field: 'int32Data' },
  [DATA_TYPE.int8]: { create: Int8Array, field: 'int32Data' },
  [DATA_TYPE.uint16]: { create: Uint16Array, field: 'int32Data' },
  [DATA_TYPE.int16]: { create: Int16Array, field: 'int32Data' },
  [DATA_TYPE.int32]: { create: Int32Array, field: 'int32Data' },
  [DATA_TYPE.int64]: { create: BigInt64Array, field: 'int64Data' },
  [DATA_TYPE.bool]: { create: Uint8Array, field: 'int32Data' },
  [DATA_TYPE.float16]: { create: Uint16Array, field: 'int32Data' },
  [DATA_TYPE.double]: { create: Float64Array, field: 'doubleData' },
  [DATA_TYPE.uint32]: { create: Uint32Array, field: 'uint64Data' },
  [DATA_TYPE.uint64]: { create: BigUint64Array, field: 'uint64Data' },
}

/**
 * The values of a tensor, copied out of the model.
 *
 * @throws DblossError `model` for strings, for data in another file, for a shape that no data has, and when the size of the
 * data differs from the shape; before anything is allocated.
 */
export function tensorData(tensor: TensorProto): TensorData {
  const label = describeTensor(tensor)
  if (tensor.dataLocation === 1) {
    throw new DblossError('model', `${label} keeps its data in another file; read the model with readModelFile`, {
      argument: label,
      found: 'external data',
      expected: 'a model that holds its data',
    })
  }
  const type = elementTypes[tensor.dataType ?? 0]
  if (type === undefined) {
    throw new DblossError('model', `${label} has element type ${tensor.dataType}, which is not a number`, {
      argument: label,
      found: tensor.dataType,
      expected: 'a numeric element type',
    })
  }
  checkTensorSize(tensor)
  const { rawData } = tensor
  return rawData === undefined ? fromField(tensor, type) : new type.create(Uint8Array.from(rawData).buffer)
}

/**
 * Checks that a tensor holds as much data as its shape asks for. Tensors of strings, and those with data in another file,
 * pass.
 *
 * @throws DblossError `model`.
 */
export function checkTensorSize(tensor: TensorProto): void {
  const expected = byteLength(tensor)
  if (expected === undefined || tensor.dataLocation === 1) return
  const label = describeTensor(tensor)
  const shape = `shape [${shapeText(tensor.dims)}]`
  if (tensor.rawData !== undefined) {
    if (tensor.rawData.length === expected) return
    throw new DblossError('model', `${label} has ${tensor.rawData.length} bytes of data for ${shape}`, {
      argument: label,
      found: tensor.rawData.length,
      expected: `${expected} bytes`,
    })
  }
  // Types that are no numbers here, such as complex ones, pack their values in ways of their own.
  const type = elementTypes[tensor.dataType ?? 0]
  const found = type === undefined ? undefined : (tensor[type.field]?.length ?? 0)
  if (found === undefined || found === checkedElementCount(tensor)) return
  throw new DblossError('model', `${label} has ${found} values for ${shape}`, {
    argument: label,
    found,
    expected: `${checkedElementCount(tensor)} values`,
  })
}

function fromField(tensor: TensorProto, { create, field }: ElementType): TensorData {
  const values = tensor[field] ?? []
  const data = new create(new ArrayBuffer(values.length * create.BYTES_PER_ELEMENT))
  const isBig = data instanceof BigInt64Array || data instanceof BigUint64Array
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!
    if (isBig) data[index] = BigInt(value)
    else data[index] = Number(value)
  }
  return data
}

/** The arrays that tensors are made of. */
export type TensorSource = Float32Array | Float64Array | Int8Array | Int32Array | BigInt64Array | Uint8Array

/**
 * A tensor for a model: float32, float64, int8, int32, int64 or bytes by the type of the array.
 *
 * @throws DblossError `shape` when the size of the data differs from the shape.
 */
export function makeTensor(name: string, data: TensorSource, dims: readonly number[]): TensorProto {
  const size = elementCount(dims)
  if (data.length !== size) {
    throw new DblossError('shape', `tensor '${name}' has ${data.length} values for shape [${dims.join(', ')}]`, {
      argument: name,
      found: data.length,
      expected: `${size} values`,
    })
  }
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
  return { name, dims: [...dims], dataType: dataTypeOf(data), rawData }
}

/** A float16 tensor of the numbers nearest to the given ones; ±∞ beyond 65,519. */
export function makeHalfTensor(name: string, values: ArrayLike<number>, dims: readonly number[]): TensorProto {
  const rawData = new Uint8Array(halvesOfFloats(values).buffer)
  return { name, dims: [...dims], dataType: DATA_TYPE.float16, rawData }
}

function dataTypeOf(data: TensorSource): number {
  if (data instanceof Float32Array) return DATA_TYPE.float
  if (data instanceof Float64Array) return DATA_TYPE.double
  if (data instanceof Int8Array) return DATA_TYPE.int8
  if (data instanceof Int32Array) return DATA_TYPE.int32
  return data instanceof BigInt64Array ? DATA_TYPE.int64 : DATA_TYPE.uint8
}
