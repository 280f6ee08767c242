import { WIRE, type Wire } from './wire.ts'

const BLOCK_SIZE = 2 ** 16
/** Longer contents are not copied into a block. */
const LARGE = 2 ** 12

const whole = new BigInt64Array(1)
const halves = new Uint32Array(whole.buffer)

/**
 * Writes protobuf from back to front: the length of a message is known when its header is written, so that nothing is
 * written twice. Large contents are not copied until the end.
 */
export class WireWriter {
  /** In reverse order. */
  readonly #chunks: Uint8Array[] = []
  #block = new Uint8Array(BLOCK_SIZE)
  /** Where the written part of the block begins, and where it ends. */
  #start = BLOCK_SIZE
  #end = BLOCK_SIZE
  #length = 0

  /** How much has been written, in bytes. */
  get length(): number {
    return this.#length
  }

  /** Writes before all that was written. */
  bytes(content: Uint8Array): void {
    if (content.length > LARGE) {
      this.#flush()
      this.#chunks.push(content)
      this.#length += content.length
    } else {
      // The block may be another one afterwards.
      const start = this.#reserve(content.length)
      this.#block.set(content, start)
    }
  }

  /** An integer, a negative one as two's complement of 64 bits. */
  varint(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0 && value < 0x80) {
      const start = this.#reserve(1)
      this.#block[start] = value
      return
    }
    whole[0] = BigInt(value)
    let low = halves[0]!
    let high = halves[1]!
    const start = this.#reserve(varintLength(low, high))
    let offset = start
    while (high > 0 || low > 0x7f) {
      this.#block[offset++] = (low & 0x7f) | 0x80
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    this.#block[offset] = low
  }

  tag(field: number, wire: Wire): void {
    this.varint(field * 8 + wire)
  }

  /** The length and tag of all that was written since the length was `end`. */
  header(field: number, end: number): void {
    this.varint(this.#length - end)
    this.tag(field, WIRE.bytes)
  }

  /** What was written, in the right order; large contents as they were given. */
  finish(): Uint8Array[] {
    this.#flush()
    return this.#chunks.reverse()
  }

  /** Where the `count` bytes before all others begin. */
  #reserve(count: number): number {
    if (count > this.#start) {
      this.#flush()
      this.#block = new Uint8Array(BLOCK_SIZE)
      this.#start = BLOCK_SIZE
      this.#end = BLOCK_SIZE
    }
    this.#start -= count
    this.#length += count
    return this.#start
  }

  #flush(): void {
    if (this.#start < this.#end) this.#chunks.push(this.#block.subarray(this.#start, this.#end))
    this.#end = this.#start
  }
}

/** One byte for each seven bits. */
function varintLength(low: number, high: number): number {
  const bits = high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low)
  return Math.max(1, Math.ceil(bits / 7))
}
