import { DblossError } from '@dbloss/core'
import { joinPacked, type PackedValues, readPacked } from './packed-values.ts'
import { alwaysPresent, type FieldSchema, type MessageName, schema, wireOf } from './schema.ts'
import { WIRE, type Wire } from './wire.ts'
import { WireReader } from './wire-reader.ts'

/** A message as an object: the names of its fields with their values. */
export type Message = { unknownFields?: Uint8Array[] } & { [field: string]: unknown }

/** How many messages may lie inside one another: as protobuf's own readers have it. */
const MAX_DEPTH = 100
/** Objects take a hundred times the memory of the bytes that they are made from; real graphs have some ten thousand. */
const MAX_FIELDS = 2 ** 22

const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws DblossError `model`, as `decodeModel`. */
export function decodeMessage(name: MessageName, bytes: Uint8Array): Message {
  return new MessageDecoder(bytes).message(name)
}

class MessageDecoder {
  readonly #reader: WireReader
  #depth = 0
  #fields = 0

  constructor(bytes: Uint8Array) {
    this.#reader = new WireReader(bytes)
  }

  message(name: MessageName): Message {
    const reader = this.#reader
    const message: Message = {}
    let packed: Map<string, PackedValues[]> | undefined
    for (const field of alwaysPresent[name] ?? []) message[field] = []
    while (!reader.atEnd) {
      this.#countField()
      const start = reader.offset
      const { field, wire } = reader.tag()
      const known = schema[name][field]
      if (known === undefined || !hasExpectedWire(known, wire)) {
        reader.skip(wire)
        listOf(message, 'unknownFields').push(reader.since(start))
      } else if (known.repeated === 'packed') {
        packed ??= new Map()
        const parts = packed.get(known.name) ?? []
        parts.push(readPacked(reader, known.kind, wire))
        packed.set(known.name, parts)
      } else if (known.repeated === 'unpacked') {
        this.#appendTo(listOf(message, known.name), name, known, wire)
      } else {
        if (known.name in message && isMessage(known)) throw refusal(`${name}.${known.name} occurs twice`, start)
        message[known.name] = this.#value(name, known)
      }
    }
    for (const [field, parts] of packed ?? []) message[field] = joinPacked(parts)
    return message
  }

  /** One value, or several that are packed although the format has them apart. */
  #appendTo(list: unknown[], name: MessageName, known: FieldSchema, wire: Wire): void {
    if (wire === wireOf(known)) {
      list.push(this.#value(name, known))
      return
    }
    const outer = this.#reader.enter()
    while (!this.#reader.atEnd) {
      this.#countField()
      list.push(this.#value(name, known))
    }
    this.#reader.leave(outer)
  }

  #value(name: MessageName, { name: field, kind }: FieldSchema): unknown {
    const reader = this.#reader
    const start = reader.offset
    switch (kind) {
      case 'number': {
        const value = reader.signed()
        if (!Number.isSafeInteger(value)) throw refusal(`${name}.${field} is about ${value}, beyond 2^53`, start)
        return value
      }
      case 'bigint':
        return reader.bigint()
      case 'float':
        return reader.float()
      case 'double':
        return reader.double()
      case 'string':
        try {
          return textDecoder.decode(reader.bytes())
        } catch (error) {
          throw error instanceof TypeError ? refusal(`${name}.${field} is not UTF-8`, start) : error
        }
      case 'bytes':
        return reader.bytes()
      default:
        return this.#nested(kind)
    }
  }

  #nested(name: MessageName): Message {
    const start = this.#reader.offset
    const outer = this.#reader.enter()
    this.#depth++
    if (this.#depth >= MAX_DEPTH) throw refusal(`${name} lies within ${MAX_DEPTH} other messages`, start)
    const message = this.message(name)
    this.#depth--
    this.#reader.leave(outer)
    return message
  }

  #countField(): void {
    this.#fields++
    if (this.#fields > MAX_FIELDS) {
      throw refusal(`the model has more than ${MAX_FIELDS} fields outside the data of its tensors`, this.#reader.offset)
    }
  }
}

function listOf(message: Message, field: string): unknown[] {
  message[field] ??= []
  return message[field] as unknown[]
}

/** Whether a field is encoded the way its kind asks for, or packed. */
function hasExpectedWire(known: FieldSchema, wire: Wire): boolean {
  return wire === wireOf(known) || (known.repeated !== undefined && wire === WIRE.bytes)
}

function isMessage({ kind }: FieldSchema): boolean {
  return kind in schema
}

function refusal(problem: string, offset: number): DblossError {
  return new DblossError('model', `${problem}, at byte ${offset}; expected an ONNX model`, {
    argument: 'model',
    found: `${problem}, at byte ${offset}`,
    expected: 'an ONNX model',
  })
}
