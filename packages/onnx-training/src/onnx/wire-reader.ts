import { DblossError } from '@dbloss/core'
import { WIRE, type Wire } from './wire.ts'

/** The number of a field and how it is encoded. */
export interface WireTag {
  readonly field: number
  readonly wire: Wire
}

/** The integers of a varint are longer than what JavaScript counts in bits: two halves of 32 bits each. */
const halves = new Int32Array(2)
const whole = new BigInt64Array(halves.buffer)

/**
 * Reads protobuf: the parts of fields one after the other, within the message that was entered last. Nothing is read or
 * allocated beyond the end of a message, whatever lengths the bytes claim.
 */
export class WireReader {
  readonly #content: Uint8Array
  readonly #view: DataView
  #end: number
  /** The place in the file, in bytes. */
  offset = 0

  constructor(content: Uint8Array) {
    this.#content = content
    this.#view = new DataView(content.buffer, content.byteOffset, content.byteLength)
    this.#end = content.length
  }

  /** Whether the message has ended. */
  get atEnd(): boolean {
    return this.offset >= this.#end
  }

  /** Reads a length and restricts reading to so many bytes; {@link leave} takes what this returns. */
  enter(): number {
    const outer = this.#end
    const length = this.#length()
    this.#end = this.offset + length
    return outer
  }

  /** Goes back to the message around. */
  leave(outer: number): void {
    this.#end = outer
  }

  tag(): WireTag {
    const start = this.offset
    const tag = this.unsigned()
    const wire = tag % 8
    const field = (tag - wire) / 8
    if (field < 1 || field >= 2 ** 29 || !isWire(wire)) throw notProtobuf(start)
    return { field, wire }
  }

  /** A varint as two's complement; rounded where it is beyond 2⁵³. */
  signed(): number {
    this.#varint()
    return halves[1]! * 2 ** 32 + (halves[0]! >>> 0)
  }

  /** A varint as a number ≥ 0; rounded where it is beyond 2⁵³. */
  unsigned(): number {
    this.#varint()
    return (halves[1]! >>> 0) * 2 ** 32 + (halves[0]! >>> 0)
  }

  /** A varint as two's complement. */
  bigint(): bigint {
    this.#varint()
    return whole[0]!
  }

  float(): number {
    return this.#view.getFloat32(this.#take(4), true)
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true)
  }

  /** A length and that many bytes, as a view into the file. */
  bytes(): Uint8Array {
    const start = this.#take(this.#length())
    return this.#content.subarray(start, this.offset)
  }

  /** All that is left of the message, values of `size` bytes each, as a copy that is aligned. */
  values(size: number): ArrayBuffer {
    const length = this.#end - this.offset
    if (length % size !== 0) throw truncated(this.#end - (length % size))
    const start = this.#take(length)
    return Uint8Array.from(this.#content.subarray(start, this.offset)).buffer
  }

  /** How many varints are left in the message: as many as bytes that end one. */
  countVarints(): number {
    let count = 0
    for (let offset = this.offset; offset < this.#end; offset++) if (this.#content[offset]! < 0x80) count++
    return count
  }

  /** Goes past the content of a field. */
  skip(wire: Wire): void {
    if (wire === WIRE.varint) this.#varint()
    else this.#take(wire === WIRE.bytes ? this.#length() : wire === WIRE.fixed32 ? 4 : 8)
  }

  /** What was read since `start`, as a view into the file. */
  since(start: number): Uint8Array {
    return this.#content.subarray(start, this.offset)
  }

  #length(): number {
    const start = this.offset
    const length = this.unsigned()
    if (length > this.#end - this.offset) throw truncated(start)
    return length
  }

  /** Reads into {@link halves}. */
  #varint(): void {
    const content = this.#content
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.offset >= this.#end) throw truncated(this.offset)
      const byte = content[this.offset++]!
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift > 28) high |= bits << (shift - 32)
      else {
        low |= bits << 28
        high = bits >> 4
      }
      if (byte < 0x80) {
        halves[0] = low
        halves[1] = high
        return
      }
    }
    throw notProtobuf(this.offset)
  }

  /** Where the next `count` bytes begin; goes past them. */
  #take(count: number): number {
    const start = this.offset
    if (count > this.#end - start) throw truncated(start)
    this.offset += count
    return start
  }
}

function isWire(wire: number): wire is Wire {
  return wire === WIRE.varint || wire === WIRE.fixed32 || wire === WIRE.fixed64 || wire === WIRE.bytes
}

function truncated(offset: number): DblossError {
  return new DblossError('model', `the model ends in the middle of a field, at byte ${offset}; is the file complete?`, {
    argument: 'model',
    found: `a field at byte ${offset} that is longer than what it lies in`,
    expected: 'a complete ONNX file',
  })
}

function notProtobuf(offset: number): DblossError {
  return new DblossError('model', `byte ${offset} of the model is not the start of a field; is it an ONNX file?`, {
    argument: 'model',
    found: `other bytes at byte ${offset}`,
    expected: 'an ONNX file',
  })
}
