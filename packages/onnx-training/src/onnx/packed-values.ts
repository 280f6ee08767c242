import type { FieldKind } from './schema.ts'
import { WIRE, type Wire } from './wire.ts'
import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

/** The numbers of a tensor that are not raw: integers are 64 bits wide, whatever they are packed into. */
export type PackedValues = Float32Array | Float64Array | BigInt64Array

/** What the user of a message may set in the place of {@link PackedValues}. */
export type GivenValues = ArrayLike<number> | ArrayLike<bigint>

/** Reads one field of packed values; writers may also give each value a field of its own. */
export function readPacked(reader: WireReader, kind: FieldKind, wire: Wire): PackedValues {
  if (wire !== WIRE.bytes) {
    if (kind === 'float') return Float32Array.of(reader.float())
    return kind === 'double' ? Float64Array.of(reader.double()) : BigInt64Array.of(reader.bigint())
  }
  const outer = reader.enter()
  const values =
    kind === 'float'
      ? new Float32Array(reader.values(4))
      : kind === 'double'
        ? new Float64Array(reader.values(8))
        : readVarints(reader)
  reader.leave(outer)
  return values
}

function readVarints(reader: WireReader): BigInt64Array {
  const values = new BigInt64Array(reader.countVarints())
  for (let index = 0; !reader.atEnd; index++) values[index] = reader.bigint()
  return values
}

/** The values of several fields as one: all of them are of one kind. */
export function joinPacked(parts: readonly PackedValues[]): PackedValues {
  const [first] = parts as [PackedValues]
  if (parts.length === 1) return first
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const joined = new (first.constructor as new (length: number) => PackedValues)(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part as never, offset)
    offset += part.length
  }
  return joined
}

/** Writes the values, without tag and length. */
export function writePacked(writer: WireWriter, kind: FieldKind, values: GivenValues): void {
  if (kind === 'float') writer.bytes(bytesOf(Float32Array.from(values as ArrayLike<number>)))
  else if (kind === 'double') writer.bytes(bytesOf(Float64Array.from(values as ArrayLike<number>)))
  else for (let index = values.length - 1; index >= 0; index--) writer.varint(values[index]!)
}

function bytesOf({ buffer }: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer)
}
