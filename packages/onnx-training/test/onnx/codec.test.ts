import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeRealData } from '../../../../test-support/real-data.ts'
import { decodeModel, encodeModel, GraphBuilder, makeTensor, tensorData } from '../../src/index.ts'
import { WIRE } from '../../src/onnx/wire.ts'

function smallModel(): Uint8Array {
  const graph = new GraphBuilder('small')
  const x = graph.input('x', 'float', ['batch', 2])
  const weights = graph.initializer('weights', Float32Array.of(1, 2, 3, 4), [2, 2])
  const product = graph.node('Gemm', [x, weights], { transB: 1, alpha: { float: 0.5 } })
  graph.output('y', graph.node('Reshape', [product, graph.integers([-1, 2])]), 'float', ['batch', 2])
  return graph.toBytes()
}

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
    const tensor = [field * 8 + WIRE.bytes, content.length, ...content]
    // Model.graph = 7, Graph.initializer = 5
    const graph = [5 * 8 + WIRE.bytes, tensor.length, ...tensor]
    const bytes = Uint8Array.from([7 * 8 + WIRE.bytes, graph.length, ...graph])
    expect(() => decodeModel(bytes)).toThrow(
      expect.objectContaining({ code: 'model', message: expect.stringContaining('ends in the middle of a field') }),
    )
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
