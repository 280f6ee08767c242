import { DblossError } from '@dbloss/core'

/** The four wire types of protobuf that ONNX uses. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

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
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  let offset = 0
  const varint = (): bigint => {
    let result = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[offset++]
      if (byte === undefined) throw truncated(offset)
      result |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, result)
    }
    throw notProtobuf(offset)
  }
  const need = (count: number): void => {
    if (offset + count > message.length) throw truncated(offset)
  }
  while (offset < message.length) {
    const start = offset
    const tag = Number(varint())
    const field = { number: Math.floor(tag / 8), wire: tag % 8, value: 0n, bytes: EMPTY }
    if (field.number === 0) throw notProtobuf(start)
    switch (field.wire) {
      case WIRE.varint:
        field.value = varint()
        break
      case WIRE.fixed64:
        need(8)
        field.value = view.getBigUint64(offset, true)
        offset += 8
        break
      case WIRE.fixed32:
        need(4)
        field.value = BigInt(view.getUint32(offset, true))
        offset += 4
        break
      case WIRE.bytes: {
        const length = Number(varint())
        need(length)
        field.bytes = message.subarray(offset, offset + length)
        offset += length
        break
      }
      default:
        throw notProtobuf(start)
    }
    yield { ...field, raw: message.subarray(start, offset) }
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
