import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from '../src/index.ts'

const runs = Number(process.env.DBLOSS_PROPERTY_RUNS ?? 10)

const joined = (chunks: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(chunks))

/** A file with any header and data. */
function file(header: unknown, data: readonly number[] = []): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return joined([length, text, Uint8Array.from(data)])
}

const tensors = {
  mask: { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) },
  'encoder/Gewichte ü': { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1.5, -2.25, 0, 3, 4, 1e-30) },
  weights: { dtype: 'F64', shape: [2], data: Float64Array.of(0.1, -1e300) },
  half: { dtype: 'F16', shape: [3], data: Uint16Array.of(0x3c00, 0xb800, 0x7bff) },
  empty: { dtype: 'U8', shape: [0, 4], data: new Uint8Array() },
  steps: { dtype: 'I64', shape: [], data: BigInt64Array.of(-(2n ** 62n) - 1n) },
} as const satisfies Record<string, SafetensorsTensor>
const metadata = { format: 'dbloss', note: '“quoted” \\ line\nbreak' }

describe('a file made by the specification in Python', () => {
  const golden = new Uint8Array(readFileSync(new URL('fixtures/safetensors/golden.safetensors', import.meta.url)))

  test('is what is written, byte for byte', () => {
    expect(joined(encodeSafetensors(tensors, metadata))).toEqual(golden)
  })

  test.each([0, 1, 4])('is read, at byte %i of a buffer', (offset) => {
    const buffer = new Uint8Array(golden.length + offset)
    buffer.set(golden, offset)
    const read = decodeSafetensors(buffer.subarray(offset))
    expect(read).toEqual({ tensors, metadata })
    expect(read.tensors.weights!.data.buffer === buffer.buffer).toBe(offset === 0)
  })
})

const types = fc.constantFrom(
  'F64',
  'F32',
  'F16',
  'BF16',
  'I64',
  'I32',
  'I16',
  'I8',
  'U64',
  'U32',
  'U16',
  'U8',
) as fc.Arbitrary<SafetensorsTensor['dtype']>

describe('any tensors', () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
  const named = fc.dictionary(fc.string({ unit: 'binary' }), fc.tuple(types, shapes), { maxKeys: 8 })
  const texts = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 3 })

  test('are read as they were written, aligned and without copies', () => {
    fc.assert(
      fc.property(named, texts, (described, metadata) => {
        const entries = Object.entries(described).map(([name, [dtype, shape]]) => [name, zeros(dtype, shape)] as const)
        const given = Object.fromEntries(entries)
        const bytes = joined(encodeSafetensors(given, metadata))
        const read = decodeSafetensors(bytes)
        expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(given).sort())
        for (const [name, tensor] of Object.entries(given)) expect(read.tensors[name]).toEqual(tensor)
        for (const { data } of Object.values(read.tensors)) expect(data.buffer).toBe(bytes.buffer)
        expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort())
      }),
      { numRuns: runs },
    )
  })

  test(
    'damaged bytes are read or refused',
    () => {
      const bytes = joined(encodeSafetensors(tensors, metadata))
      const headerEnd = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))
      const places = fc.array(fc.tuple(fc.nat(headerEnd - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      fc.assert(
        fc.property(places, (changes) => {
          const damaged = bytes.slice()
          for (const [offset, byte] of changes) damaged[offset] = byte
          expectReadOrRefused(damaged)
        }),
        { numRuns: 100 * runs },
      )
    },
    60_000 + 100 * runs,
  )

  test('every file that is cut off is refused', () => {
    const bytes = joined(encodeSafetensors(tensors, metadata))
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow(expect.objectContaining({ code: 'data' }))
    }
  })
})

function zeros(dtype: SafetensorsTensor['dtype'], shape: readonly number[]): SafetensorsTensor {
  const size = shape.reduce((product, dimension) => product * dimension, 1)
  const [, data] = Object.entries({
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
  }).find(([name]) => name === dtype)!
  return { dtype, shape, data: new data(size) } as SafetensorsTensor
}

function expectReadOrRefused(bytes: Uint8Array): void {
  try {
    decodeSafetensors(bytes)
  } catch (error) {
    expect(error).toMatchObject({ name: 'DblossError', code: 'data' })
  }
}

describe('a file is refused', () => {
  const u8 = (start: number, end: number) => ({ dtype: 'U8', shape: [end - start], data_offsets: [start, end] })
  const tooLong = new Uint8Array(16)
  new DataView(tooLong.buffer).setBigUint64(0, 100_000_001n, true)
  const endless = new Uint8Array(16).fill(0xff)
  const deep = `{"a":{"dtype":"U8","shape":${'['.repeat(200_000)}${']'.repeat(200_000)},"data_offsets":[0,0]}}`

  test.each<[string, Uint8Array, string]>([
    ['without a header', Uint8Array.of(1, 0, 0), 'the file has 3 bytes'],
    ['with a header beyond its end', file('{}').subarray(0, 9), 'the header has 2 bytes in a file of 9'],
    ['with a header of more than 100 MB', tooLong, 'the header has 100000001 bytes; expected at most 100000000'],
    ['with a header of 2^64 bytes', endless, 'the header has 18446744073709552000 bytes'],
    ['with other text', file('{"a":'), 'the header is not JSON'],
    ['with text that is not UTF-8', joined([file('').fill(2, 0, 1), Uint8Array.of(0x22, 0xff)]), 'not JSON'],
    ['with a list', file('[]'), 'not a JSON object'],
    ['with metadata that are no texts', file({ __metadata__: { step: 3 } }), '__metadata__ is not a record of texts'],
    [
      'with a name twice',
      file(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        [7],
      ),
      'a name occurs twice',
    ],
    [
      'with a member twice',
      file('{"a":{"dtype":"I8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}', [7]),
      'a name occurs twice',
    ],
    ['with a tensor that is a text', file({ a: 'U8' }), "'a' has no members"],
    ['without a shape', file({ a: { dtype: 'U8', data_offsets: [0, 0] } }), "'a' has data_offsets, dtype"],
    ['of an unknown type', file({ a: { ...u8(0, 1), dtype: 'constructor' } }, [7]), "'a' has the dtype constructor"],
    ['with a negative size', file({ a: { ...u8(0, 1), shape: [-1] } }, [7]), "shape of 'a' is no list of sizes"],
    ['with a shape of a million lists', file(deep), "shape of 'a' is no list of sizes"],
    ['with an absurd shape', file({ a: { ...u8(0, 1), shape: [2 ** 40, 2 ** 40] } }, [7]), "'a' has 1 bytes of U8"],
    [
      'with a size that differs from the shape',
      file({ a: { ...u8(0, 4), dtype: 'F64' } }, [1, 2, 3, 4]),
      'expected 32',
    ],
    ['with three offsets', file({ a: { ...u8(0, 1), data_offsets: [0, 1, 2] } }, [7]), "'a' has no data_offsets"],
    [
      'with data that end before they begin',
      file({ a: { ...u8(0, 1), data_offsets: [1, 0] } }, [7]),
      'no data_offsets',
    ],
    ['with data beyond its end', file({ a: u8(0, 9) }, [7]), 'the data end at 9; expected 1'],
    ['with data that nothing describes', file({ a: u8(0, 1) }, [7, 8]), 'the data end at 1; expected 2'],
    ['with data that overlap', file({ a: u8(0, 2), b: u8(1, 3) }, [1, 2, 3]), "the data of 'b' begin at 1; expected 2"],
    ['with a hole', file({ a: u8(0, 1), b: u8(2, 3) }, [1, 2, 3]), "the data of 'b' begin at 2; expected 1"],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'data', message: expect.stringContaining(message) }),
    )
  })
})

describe('tensors are refused', () => {
  test.each<[string, SafetensorsTensor, string]>([
    ['of another size than their shape', { ...tensors.weights, shape: [3] }, '24, as its shape asks for'],
    ['of a shape with a negative size', { ...tensors.weights, shape: [-1, -2] }, 'integers ≥ 0'],
    ['in another array', { ...tensors.weights, dtype: 'I64' } as unknown as SafetensorsTensor, 'are no BigInt64Array'],
  ])('%s', (_, tensor, message) => {
    expect(() => encodeSafetensors({ weights: tensor })).toThrow(
      expect.objectContaining({ code: 'data', message: expect.stringContaining(message) }),
    )
  })

  test('under the name of the metadata', () => {
    expect(() => encodeSafetensors({ __metadata__: tensors.mask })).toThrow('a tensor is named __metadata__')
  })
})
