import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeRealData } from '../../../../test-support/real-data.ts'
import {
  type AttributeProto,
  checkModel,
  decodeModel,
  encodeModel,
  GraphBuilder,
  makeTensor,
  tensorData,
} from '../../src/index.ts'
import { externalRegion } from '../../src/onnx/external-data.ts'
import { tensorsOf } from '../../src/onnx/walk-graphs.ts'
import { damaged, lengthPlaces, varint } from './mutations.ts'

const runs = Number(process.env.DBLOSS_PROPERTY_RUNS ?? 10)
const timeout = 60_000 + 1000 * runs

/** A model with every kind of field that the codec knows: branches, typed and external data, attributes of all types. */
function everything(): Uint8Array {
  const branch = new GraphBuilder('branch')
  branch.output('chosen', branch.constant(Float32Array.of(1, 2), [2]), 'float', [2])
  const graph = new GraphBuilder('everything', { furtherOpsets: [{ domain: 'com.microsoft', version: 1 }] })
  const x = graph.input('x', 'float', ['batch', 2])
  const y = graph.node('Gemm', [x, graph.initializer('weights', Float32Array.of(1, 2, 3, 4), [2, 2])], {
    alpha: { float: 0.5 },
    transB: 1,
    axes: [0, -1],
    mode: 'linear',
    value: makeTensor('value', BigInt64Array.of(-1n, 5n), [2]),
  })
  graph.output('y', y, 'float', ['batch', 2])
  const model = graph.toModel()
  const { node, initializer, valueInfo, input } = model.graph!
  const bodies: AttributeProto[] = [
    { name: 'then_branch', type: 5, g: branch.toModel().graph! },
    { name: 'bodies', type: 10, graphs: [branch.toModel().graph!] },
    { name: 'floats', type: 6, floats: [1, -0.5] },
    { name: 'strings', type: 8, strings: [Uint8Array.of(1, 255)] },
    { name: 'tensors', type: 9, tensors: [makeTensor('t', Uint8Array.of(1), [])] },
  ]
  node.push({ input: ['condition'], output: ['chosen'], opType: 'If', attribute: bodies, docString: 'über' })
  initializer.push(
    makeTensor('condition', Uint8Array.of(1), []),
    { name: 'floats', dims: [2], dataType: 1, floatData: [1.5, -2] },
    { name: 'doubles', dims: [1], dataType: 11, doubleData: [Math.PI] },
    { name: 'integers', dims: [2], dataType: 6, int32Data: [-1n, 7n] },
    { name: 'large', dims: [1], dataType: 7, int64Data: [-(2n ** 63n)] },
    { name: 'unsigned', dims: [1], dataType: 13, uint64Data: [2n ** 64n - 1n] },
    { name: 'texts', dims: [1], dataType: 8, stringData: [Uint8Array.of(65)] },
  )
  valueInfo.push(input[0]!)
  return encodeModel({
    ...model,
    metadataProps: [{ key: 'epochs', value: '3' }],
    modelVersion: 2n ** 62n,
    unknownFields: [Uint8Array.of(0xc0, 0x3e, 5)],
  })
}

/** Reads and checks a model as a program does that does not trust it: it succeeds, or refuses with an error of its own. */
function expectReadOrRefused(bytes: Uint8Array): void {
  try {
    const model = decodeModel(bytes)
    // What was read can be written, and is the same when it is read again.
    const written = encodeModel(model)
    expect(Buffer.compare(encodeModel(decodeModel(written)), written)).toBe(0)
    checkModel(model)
    for (const tensor of tensorsOf(model.graph!)) {
      if (tensor.dataType !== 8) tensorData(tensor)
      if (tensor.externalData !== undefined) externalRegion(tensor)
    }
  } catch (error) {
    expect(error).toMatchObject({ name: 'DblossError', code: 'model' })
  }
}

const whole = everything()

test('the model is one that is not refused', () => {
  const model = decodeModel(whole)
  expect(encodeModel(model)).toEqual(whole)
  expect(checkModel(model).graph.node).toHaveLength(3)
})

describe('a damaged model is read or refused', () => {
  test(
    'in any places',
    () => {
      fc.assert(fc.property(damaged(whole), expectReadOrRefused), { numRuns: 200 * runs })
    },
    timeout,
  )

  test('cut off at any byte', () => {
    for (let length = 0; length < whole.length; length++) expectReadOrRefused(whole.subarray(0, length))
  })

  test.each([0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])(
    'with %d in the place of any length',
    (length) => {
      const places = lengthPlaces(whole)
      expect(places.length).toBeGreaterThan(100)
      for (const { start, end } of places) {
        expectReadOrRefused(Uint8Array.from([...whole.subarray(0, start), ...varint(length), ...whole.subarray(end)]))
      }
    },
  )

  test('with any byte set to any of its neighbours', () => {
    for (let offset = 0; offset < whole.length; offset++) {
      for (const bit of [1, 2, 4, 8, 16, 32, 64, 128]) {
        const bytes = whole.slice()
        bytes[offset]! ^= bit
        expectReadOrRefused(bytes)
      }
    }
  })

  test(
    'of bytes that are no model',
    () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), expectReadOrRefused), { numRuns: 100 * runs })
    },
    timeout,
  )
})

describeRealData('a damaged real model is read or refused', ({ locate }) => {
  const name = 'mobilenet_v1_0.25_224'
  const bytes = new Uint8Array(readFileSync(locate(`models/${name}/onnx/model.onnx`)))
  const places = lengthPlaces(bytes)

  /** Changes bytes in place, which keeps a model of megabytes fast to change, and undoes it. */
  function withBytes(changes: readonly (readonly [offset: number, byte: number])[]): void {
    const before = changes.map(([offset]) => [offset, bytes[offset]!] as const)
    for (const [offset, byte] of changes) bytes[offset] = byte
    expectReadOrRefused(bytes)
    for (const [offset, byte] of before.reverse()) bytes[offset] = byte
  }

  test(
    `${name}, in its lengths and beside them`,
    () => {
      const near = fc.tuple(fc.constantFrom(...places), fc.integer({ min: -4, max: 12 }), fc.nat(255))
      const changes = fc
        .array(near, { minLength: 1, maxLength: 4 })
        .map((list) => list.map(([{ start }, shift, byte]) => [Math.max(0, start + shift), byte] as const))
      fc.assert(fc.property(changes, withBytes), { numRuns: 3 * runs })
    },
    timeout,
  )

  test(
    `${name}, cut off at any length`,
    () => {
      fc.assert(
        fc.property(fc.nat(bytes.length), (length) => expectReadOrRefused(bytes.subarray(0, length))),
        { numRuns: 3 * runs },
      )
    },
    timeout,
  )
})
