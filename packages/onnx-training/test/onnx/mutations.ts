import fc from 'fast-check'
import { type MessageName, schema } from '../../src/onnx/schema.ts'
import { WIRE } from '../../src/onnx/wire.ts'

/** A varint in a file: where it begins and ends. */
interface Place {
  readonly start: number
  readonly end: number
}

/** Where the lengths of a model's fields stand, at every depth. */
export function lengthPlaces(bytes: Uint8Array, name: MessageName = 'Model', begin = 0, end = bytes.length): Place[] {
  const places: Place[] = []
  let offset = begin
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[offset++]!
      value += (byte % 128) * scale
      if (byte < 128) return value
    }
  }
  while (offset < end) {
    const tag = varint()
    const start = offset
    if (tag % 8 === WIRE.varint) varint()
    else if (tag % 8 === WIRE.fixed32) offset += 4
    else if (tag % 8 === WIRE.fixed64) offset += 8
    else {
      const length = varint()
      places.push({ start, end: offset })
      const kind = schema[name][Math.floor(tag / 8)]?.kind
      if (kind !== undefined && kind in schema) {
        places.push(...lengthPlaces(bytes, kind as MessageName, offset, offset + length))
      }
      offset += length
    }
  }
  return places
}

export function varint(value: bigint): number[] {
  const encoded: number[] = []
  let rest = value
  for (; rest > 127n; rest >>= 7n) encoded.push(Number(rest & 127n) | 128)
  return [...encoded, Number(rest)]
}

/** Lengths that overflow, wrap around or are just wrong. */
const lengths = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
  fc.bigInt({ min: 0n, max: 300n }),
)

/** Models that are damaged in one to four places: other bytes, inserted and missing ones, and other lengths. */
export function damaged(model: Uint8Array): fc.Arbitrary<Uint8Array> {
  const places = lengthPlaces(model)
  const anywhere = fc.nat(model.length - 1)
  const splice = (start: number, end: number, content: readonly number[]) => (bytes: Uint8Array) =>
    Uint8Array.from([...bytes.subarray(0, start), ...content, ...bytes.subarray(end)])
  const byte = fc.tuple(anywhere, fc.nat(255)).map(([at, value]) => splice(at, at + 1, [value]))
  const inserted = fc
    .tuple(anywhere, fc.array(fc.nat(255), { maxLength: 12 }))
    .map(([at, content]) => splice(at, at, content))
  const missing = fc.tuple(anywhere, fc.integer({ min: 1, max: 12 })).map(([at, count]) => splice(at, at + count, []))
  const length = fc
    .tuple(fc.constantFrom(...places), lengths)
    .map(([{ start, end }, value]) => splice(start, end, varint(value)))
  return fc
    .array(fc.oneof(byte, inserted, missing, length), { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce((bytes, change) => change(bytes), model))
}
