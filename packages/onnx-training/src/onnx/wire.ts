import { DblossError } from '@dbloss/core'

/** The four wire types of protobuf that ONNX uses. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/** The wire types of single values, whose length they tell. */
export type WireOfValue = typeof WIRE.varint | typeof WIRE.fixed64 | typeof WIRE.fixed32

/** A field as it stands in a message, with its bytes still encoded. */
export interface WireField {
  readonly number: number
  readonly wire: number
  /** The value of a varint or fixed field. */
  readonly value: bigint
  /** The content of a length-delimited field, a view into the message. */
  readonly bytes: Uint8Array
  /** The whole field, tag included, for writing it back untouched. */
  readonly raw: Uint8Array
}

const EMPTY: Uint8Array = new Uint8Array()

/**
 * Goes over the fields of a protobuf message without copying their content.
 *
 * @throws DblossError `model` when the bytes end in the middle of a field or are no protobuf message.
 */
export function* wireFields(message: Uint8Array): Generator<WireField> {
  const reader = new WireReader(message)
  while (!reader.atEnd) {
    const start = reader.offset
    const tag = Number(reader.varint())
    const field = { number: Math.floor(tag / 8), wire: tag % 8, value: 0n, bytes: EMPTY }
    if (field.number === 0) throw notProtobuf(start)
    if (field.wire === WIRE.bytes) field.bytes = reader.bytes(Number(reader.varint()))
    else if (isWireOfValue(field.wire)) field.value = reader.value(field.wire)
    else throw notProtobuf(start)
    yield { ...field, raw: message.subarray(start, reader.offset) }
  }
}

/**
 * The values of a packed field, which has them one after the other without tags.
 *
 * @throws DblossError `model` when the bytes end in the middle of a value.
 */
export function* unpack(wire: WireOfValue, content: Uint8Array): Generator<bigint> {
  const reader = new WireReader(content)
  while (!reader.atEnd) yield reader.value(wire)
}

function isWireOfValue(wire: number): wire is WireOfValue {
  return wire === WIRE.varint || wire === WIRE.fixed32 || wire === WIRE.fixed64
}

/** Reads the parts of fields one after the other. */
class WireReader {
  readonly #content: Uint8Array
  readonly #view: DataView
  offset = 0

  constructor(content: Uint8Array) {
    this.#content = content
    this.#view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  }

  get atEnd(): boolean {
    return this.offset >= this.#content.length
  }

  value(wire: WireOfValue): bigint {
    switch (wire) {
      case WIRE.varint:
        return this.varint()
      case WIRE.fixed32:
        return BigInt(this.#view.getUint32(this.#take(4), true))
      case WIRE.fixed64:
        return this.#view.getBigUint64(this.#take(8), true)
    }
  }

  varint(): bigint {
    let result = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#content[this.#take(1)]!
      result |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, result)
    }
    throw notProtobuf(this.offset)
  }

  bytes(length: number): Uint8Array {
    const start = this.#take(length)
    return this.#content.subarray(start, this.offset)
  }

  /** Where the next `count` bytes begin; goes past them. */
  #take(count: number): number {
    const start = this.offset
    if (start + count > this.#content.length) throw truncated(start)
    this.offset += count
    return start
  }
}

/** Collects encoded bytes without copying large ones until the end. */
export class WireWriter {
  readonly #chunks: Uint8Array[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  bytes(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
  }

  varint(value: bigint): void {
    const encoded: number[] = []
    let rest = BigInt.asUintN(64, value)
    while (rest > 0x7fn) {
      encoded.push(Number(rest & 0x7fn) | 0x80)
      rest >>= 7n
    }
    encoded.push(Number(rest))
    this.bytes(Uint8Array.from(encoded))
  }

  tag(field: number, wire: number): void {
    this.varint(BigInt(field * 8 + wire))
  }

  /** A length-delimited field. */
  delimited(field: number, content: Uint8Array): void {
    this.tag(field, WIRE.bytes)
    this.varint(BigInt(content.length))
    this.bytes(content)
  }

  /** A nested message, whose chunks are taken over. */
  nested(field: number, content: WireWriter): void {
    this.tag(field, WIRE.bytes)
    this.varint(BigInt(content.length))
    for (const chunk of content.#chunks) this.bytes(chunk)
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.#length)
    let offset = 0
    for (const chunk of this.#chunks) {
      result.set(chunk, offset)
      offset += chunk.length
    }
    return result
  }
}

function truncated(offset: number): DblossError {
  return new DblossError('model', `the model ends in the middle of a field, at byte ${offset}; is the file complete?`, {
    argument: 'model',
    found: `end of file at byte ${offset}`,
    expected: 'a complete ONNX file',
  })
}

function notProtobuf(offset: number): DblossError {
  return new DblossError('model', `byte ${offset} of the model is not the start of a field; is it an ONNX file?`, {
    argument: 'model',
    found: 'other bytes',
    expected: 'an ONNX file',
  })
}
