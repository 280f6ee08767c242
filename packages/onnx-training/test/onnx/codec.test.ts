import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeRealData } from '../../../../test-support/real-data.ts'
import {
  decodeModel,
  encodeModel,
  GraphBuilder,
  makeTensor,
  type TensorProto,
  tensorData,
  valuesRead,
} from '../../src/index.ts'
import { WIRE } from '../../src/onnx/wire.ts'
import { varint } from './mutations.ts'

function smallModel(): Uint8Array {
  const graph = new GraphBuilder('small')
  const x = graph.input('x', 'float', ['batch', 2])
  const weights = graph.initializer('weights', Float32Array.of(1, 2, 3, 4), [2, 2])
  const product = graph.node('Gemm', [x, weights], { transB: 1, alpha: { float: 0.5 } })
  graph.output('y', graph.node('Reshape', [product, graph.integers([-1, 2])]), 'float', ['batch', 2])
  return graph.toBytes()
}

/** A message inside another one, as a field. */
const nested = (field: number, content: readonly number[]): number[] => [
  ...varint(BigInt(field * 8 + WIRE.bytes)),
  ...varint(BigInt(content.length)),
  ...content,
]

/** A model with a graph of one field: Model.graph = 7. */
const withGraph = (content: readonly number[]): Uint8Array => Uint8Array.from(nested(7, content))

/** A model with one tensor: Graph.initializer = 5. */
const withInitializer = (tensor: readonly number[]): Uint8Array => withGraph(nested(5, tensor))

describe('the codec', () => {
  test('reads what it writes', () => {
    const model = decodeModel(smallModel())
    expect(model.graph!.node.map((node) => node.opType)).toEqual(['Gemm', 'Reshape', 'Identity'])
    const [transB, alpha] = model.graph!.node[0]!.attribute
    expect(transB).toMatchObject({ name: 'transB', i: 1n, type: 2 })
    expect(alpha).toMatchObject({ name: 'alpha', f: 0.5, type: 1 })
    expect(model.graph!.initializer[0]).toMatchObject({ name: 'weights', dims: [2, 2], dataType: 1 })
    expect(tensorData(model.graph!.initializer[0]!)).toEqual(Float32Array.of(1, 2, 3, 4))
    expect(model.graph!.input[0]!.type!.tensorType!.shape!.dim).toEqual([{ dimParam: 'batch' }, { dimValue: 2 }])
    expect(encodeModel(model)).toEqual(smallModel())
  })

  test('keeps unknown fields of every message', () => {
    // Field 1000, varint 5, at the end of the model.
    const unknown = Uint8Array.of(0xc0, 0x3e, 5)
    const bytes = Uint8Array.of(...smallModel(), ...unknown)
    const model = decodeModel(bytes)
    expect(model.unknownFields).toEqual([unknown])
    expect(encodeModel(model)).toEqual(bytes)
  })

  test('keeps negative integers and large ones', () => {
    const graph = new GraphBuilder('integers')
    const x = graph.input('x', 'float', [4])
    const y = graph.node('Slice', [x, graph.integers([-2]), graph.constant(BigInt64Array.of(2n ** 63n - 1n), [1])], {
      ends: [-1, 7],
      last: -(2n ** 63n),
    })
    graph.output('y', y, 'float', [2])
    const node = decodeModel(graph.toBytes()).graph!.node[0]!
    expect(node.attribute[0]!.ints).toEqual([-1n, 7n])
    expect(node.attribute[1]!.i).toBe(-(2n ** 63n))
  })

  test.each([
    ['a truncated file', smallModel().slice(0, 40), 'ends in the middle of a field'],
    ['text', new TextEncoder().encode('{"not": "onnx"}'), 'is it an ONNX file?'],
    ['no bytes', new Uint8Array(), 'hold no graph'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeModel(bytes)).toThrow(
      expect.objectContaining({ code: 'model', message: expect.stringContaining(message) }),
    )
  })

  test.each([
    ['a varint cut in the middle', 1, [0x05, 0x80]],
    ['floats that do not fill their field', 4, [0, 0, 0x80]],
  ])('refuses packed values that end in %s', (_, field, content) => {
    const bytes = withInitializer([field * 8 + WIRE.bytes, content.length, ...content])
    expect(() => decodeModel(bytes)).toThrow(
      expect.objectContaining({ code: 'model', message: expect.stringContaining('ends in the middle of a field') }),
    )
  })

  test('values that are packed, or apart, or both, are one list', () => {
    // Tensor: dims [5] packed, float_data [1, 2] packed, 3 alone, [4] packed, 5 alone.
    const float = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)]
    const alone = (value: number) => [4 * 8 + WIRE.fixed32, ...float(value)]
    const packed = (...values: number[]) => [4 * 8 + WIRE.bytes, 4 * values.length, ...values.flatMap(float)]
    const type = [2 * 8, 1]
    const tensor = [1 * 8 + WIRE.bytes, 1, 5, ...type, ...packed(1, 2), ...alone(3), ...packed(4), ...alone(5)]
    expect(tensorData(decodeModel(withInitializer(tensor)).graph!.initializer[0]!)).toEqual(
      Float32Array.of(1, 2, 3, 4, 5),
    )
  })

  test('graphs of any size are written as they were read', () => {
    // More than a block of the writer, with contents of all sizes around its limits.
    const graph = new GraphBuilder('many')
    let x = graph.input('x', 'float', [3])
    for (let index = 0; index < 5000; index++) x = graph.node('Add', [x, x], { axis: index * 2 ** 20 })
    for (const size of [4095, 4096, 4097, 65536, 70000])
      graph.initializer(`${size}`, new Uint8Array(size).fill(7), [size])
    graph.output('y', x, 'float', [3])
    const bytes = graph.toBytes()
    const model = decodeModel(bytes)
    expect(model).toEqual(graph.toModel())
    expect(Buffer.compare(encodeModel(model), bytes)).toBe(0)
  })

  test('raw data are views into the file', () => {
    const bytes = smallModel()
    expect(decodeModel(bytes).graph!.initializer[0]!.rawData!.buffer).toBe(bytes.buffer)
  })

  test('a text keeps the mark of byte order', () => {
    const { graph, ...rest } = decodeModel(smallModel())
    const bytes = encodeModel({ ...rest, graph: { ...graph!, docString: '\ufeffmarked' } })
    expect(decodeModel(bytes).graph!.docString).toBe('\ufeffmarked')
  })

  test('every truncation is an error or a shorter model, never an endless loop', () => {
    const bytes = smallModel()
    for (let length = 0; length < bytes.length; length++) {
      try {
        decodeModel(bytes.slice(0, length))
      } catch (error) {
        expect(error).toMatchObject({ name: 'DblossError', code: 'model' })
      }
    }
  })
})

describe('hostile bytes are refused', () => {
  /** Graphs inside one another: Graph.node = 1, Node.attribute = 5, Attribute.g = 6. */
  function graphsInside(count: number): Uint8Array {
    let graph: number[] = []
    for (let depth = 0; depth < count; depth++) graph = nested(1, nested(5, nested(6, graph)))
    return withGraph(graph)
  }

  test('graphs inside graphs, beyond the limit of protobuf', () => {
    expect(valuesRead(decodeModel(graphsInside(32)).graph!.node[0]!)).toEqual([])
    expect(() => decodeModel(graphsInside(34))).toThrow('lies within 100 other messages')
    expect(() => decodeModel(graphsInside(2000))).toThrow('lies within 100 other messages')
  })

  test('more small values than there is memory for', () => {
    // Attribute.ints = 8, a byte each; as BigInt they would take 32.
    const content = new Uint8Array(2 ** 22)
    const sizes = [content.length]
    const headers = [8, 5, 1, 7].map((field) => {
      const header = [field * 8 + WIRE.bytes, ...varint(BigInt(sizes[0]!))]
      sizes.unshift(sizes[0]! + header.length)
      return header
    })
    const bytes = new Uint8Array(sizes[0]!)
    bytes.set(headers.reverse().flat())
    expect(() => decodeModel(bytes)).toThrow('more than 4194304 fields outside the data of its tensors')
  })

  const field = (number: number, wire: number) => number * 8 + wire
  test.each<[string, Uint8Array, string]>([
    ['a length beyond the message around', withGraph([field(2, 2), 9, 65]), 'middle of a field, at byte 3'],
    ['a length of 2^64 − 1', withGraph([field(2, 2), ...varint(2n ** 64n - 1n)]), 'middle of a field, at byte 3'],
    ['a varint without an end', withGraph([field(9, 0), ...new Array(11).fill(0x80)]), 'is not the start of a field'],
    ['a group', withGraph([field(1, 3), field(1, 4)]), 'byte 2 of the model is not the start of a field'],
    ['an unknown wire type', withGraph([field(1, 7)]), 'byte 2 of the model is not the start of a field'],
    ['a field without a number', withGraph([field(0, 0), 1]), 'byte 2 of the model is not the start of a field'],
    ['a field number beyond 2^29', withGraph([...varint(2n ** 40n), 1]), 'byte 2 of the model is not the start'],
    ['a name that is not UTF-8', withGraph(nested(2, [0xc3, 0x28])), 'Graph.name is not UTF-8, at byte 3'],
    ['two graphs', Uint8Array.from([...withGraph([]), ...withGraph([])]), 'Model.graph occurs twice, at byte 2'],
    [
      'a dimension beyond 2^53',
      withInitializer([8, ...varint(2n ** 60n)]),
      'Tensor.dims is about 1152921504606847000, beyond 2^53',
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeModel(bytes)).toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'model', message: expect.stringContaining(message) }),
    )
  })
})

describe('tensors', () => {
  test.each([
    Float32Array.of(1.5, -2),
    Float64Array.of(Math.PI, 1e-300),
    Int32Array.of(-7, 7),
    BigInt64Array.of(-(2n ** 62n), 5n),
    Uint8Array.of(0, 255),
  ])('%o round-trips', (data) => expect(tensorData(makeTensor('t', data, [2]))).toEqual(data))
  test('typed fields are read like raw data', () => {
    expect(tensorData({ dims: [2], dataType: 1, floatData: [1, 2] })).toEqual(Float32Array.of(1, 2))
    expect(tensorData({ dims: [2], dataType: 7, int64Data: [-1n, 2n] })).toEqual(BigInt64Array.of(-1n, 2n))
    expect(tensorData({ dims: [2], dataType: 10, int32Data: [15360n, 0n] })).toEqual(Uint16Array.of(15360, 0))
  })
  test('a size that differs from the shape is refused', () => {
    expect(() => makeTensor('t', Float32Array.of(1, 2, 3), [2, 2])).toThrow("tensor 't' has 3 values for shape [2, 2]")
    expect(() => tensorData({ name: 't', dims: [3], dataType: 1, floatData: [1] })).toThrow(
      'has 1 values for shape [3]',
    )
  })
  test.each<[string, Partial<TensorProto>, string]>([
    ['raw data of other bytes', { dims: [2], rawData: new Uint8Array(7) }, '7 bytes of data for shape [2]'],
    ['no data', { dims: [2 ** 50] }, '0 values for shape [1125899906842624]'],
    ['a negative dimension', { dims: [-1, -1], rawData: new Uint8Array(4) }, 'shape [-1, -1], which no data has'],
    ['a product beyond 2^53', { dims: [2 ** 32, 2 ** 32] }, 'which no data has'],
    ['many dimensions', { dims: new Array(1000).fill(2) }, '(1000 dimensions)], which no data has'],
  ])('with %s are refused', (_, tensor, message) => {
    expect(() => tensorData({ name: 't', dataType: 1, dims: [], ...tensor })).toThrow(
      expect.objectContaining({ code: 'model', message: expect.stringContaining(message) }),
    )
  })
  test('external data and strings are refused', () => {
    expect(() => tensorData({ name: 't', dims: [1], dataType: 1, dataLocation: 1 })).toThrow('in another file')
    expect(() => tensorData({ name: 't', dims: [1], dataType: 8 })).toThrow('not a number')
  })
})

describeRealData('real models', ({ locate }) => {
  test.each(['mobilenet_v1_0.25_224', 'mobilenet_v1_1.0_224_pw12'])('%s round-trips byte for byte', (name) => {
    const bytes = new Uint8Array(readFileSync(locate(`models/${name}/onnx/model.onnx`)))
    expect(Buffer.compare(encodeModel(decodeModel(bytes)), bytes)).toBe(0)
  })
})
