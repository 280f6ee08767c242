import { DblossError } from '@dbloss/core'
import { alwaysPresent, type FieldSchema, type MessageName, schema } from './schema.ts'
import type { ModelProto } from './types.ts'
import { unpack, WIRE, type WireField, type WireOfValue, WireWriter, wireFields } from './wire.ts'

type Scalar = number | bigint | string | Uint8Array
type Message = { unknownFields?: Uint8Array[] } & { [field: string]: unknown }

const textDecoder = new TextDecoder()
const textEncoder = new TextEncoder()

/**
 * Reads an ONNX model. The data of tensors are views into `bytes`, not copies; unknown fields are kept.
 *
 * @throws DblossError `model` for bytes that are truncated or no ONNX model.
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  const model = decodeMessage('Model', bytes) as ModelProto & Message
  if (model.graph === undefined) {
    throw new DblossError('model', 'the bytes hold no graph; expected an ONNX model', {
      argument: 'model',
      found: `${bytes.length} bytes without a graph`,
      expected: 'an ONNX model',
    })
  }
  return model
}

/** Writes an ONNX model. A model that was read and not changed gives the same bytes, when its writer kept the usual order of fields. */
export function encodeModel(model: ModelProto): Uint8Array {
  return encodeMessage('Model', model as unknown as Message).finish()
}

function decodeMessage(name: MessageName, bytes: Uint8Array): Message {
  const message: Message = {}
  for (const field of alwaysPresent[name] ?? []) message[field] = []
  for (const field of wireFields(bytes)) {
    const known = schema[name][field.number]
    if (known === undefined || !hasExpectedWire(known, field)) {
      message.unknownFields ??= []
      message.unknownFields.push(field.raw)
      continue
    }
    if (known.repeated === undefined) {
      message[known.name] = decodeValue(known, field)
      continue
    }
    message[known.name] ??= []
    const list = message[known.name] as unknown[]
    const wire = wireOf(known)
    if (field.wire === WIRE.bytes && wire !== WIRE.bytes) {
      for (const value of unpack(wire, field.bytes)) list.push(decodeValue(known, { ...field, wire, value }))
    } else list.push(decodeValue(known, field))
  }
  return message
}

/** Whether a field is encoded the way its kind asks for, or packed. */
function hasExpectedWire(known: FieldSchema, { wire }: WireField): boolean {
  return wire === wireOf(known) || (known.repeated !== undefined && wire === WIRE.bytes)
}

function wireOf({ kind }: FieldSchema): WireOfValue | typeof WIRE.bytes {
  if (kind === 'number' || kind === 'bigint') return WIRE.varint
  if (kind === 'float') return WIRE.fixed32
  return kind === 'double' ? WIRE.fixed64 : WIRE.bytes
}

function decodeValue({ kind }: FieldSchema, { value, bytes }: WireField): Scalar | Message {
  switch (kind) {
    case 'number':
      return Number(BigInt.asIntN(64, value))
    case 'bigint':
      return BigInt.asIntN(64, value)
    case 'float':
      return new Float32Array(new Uint32Array([Number(value)]).buffer)[0]!
    case 'double':
      return new Float64Array(new BigUint64Array([value]).buffer)[0]!
    case 'string':
      return textDecoder.decode(bytes)
    case 'bytes':
      return bytes
    default:
      return decodeMessage(kind, bytes)
  }
}

function encodeMessage(name: MessageName, message: Message): WireWriter {
  const writer = new WireWriter()
  // Object keys that are integers come in ascending order: the order in which protobuf writes fields.
  for (const [key, known] of Object.entries(schema[name])) {
    const value = message[known.name]
    if (value === undefined) continue
    const number = Number(key)
    if (known.repeated === undefined) {
      writeField(writer, number, known, value as Scalar | Message)
    } else if (known.repeated === 'packed') {
      const values = value as Scalar[]
      if (values.length > 0) writer.nested(number, packedValues(known, values))
    } else {
      for (const item of value as (Scalar | Message)[]) writeField(writer, number, known, item)
    }
  }
  for (const raw of message.unknownFields ?? []) writer.bytes(raw)
  return writer
}

function writeField(writer: WireWriter, number: number, known: FieldSchema, value: Scalar | Message): void {
  switch (known.kind) {
    case 'string':
      writer.delimited(number, textEncoder.encode(value as string))
      return
    case 'bytes':
      writer.delimited(number, value as Uint8Array)
      return
    case 'number':
    case 'bigint':
    case 'float':
    case 'double':
      writer.tag(number, wireOf(known))
      writeNumeric(writer, known, value as number | bigint)
      return
    default:
      writer.nested(number, encodeMessage(known.kind, value as Message))
  }
}

function writeNumeric(writer: WireWriter, { kind }: FieldSchema, value: number | bigint): void {
  if (kind === 'float') writer.bytes(new Uint8Array(Float32Array.of(value as number).buffer))
  else if (kind === 'double') writer.bytes(new Uint8Array(Float64Array.of(value as number).buffer))
  else writer.varint(BigInt(value))
}

function packedValues(known: FieldSchema, values: readonly Scalar[]): WireWriter {
  const writer = new WireWriter()
  for (const value of values) writeNumeric(writer, known, value as number | bigint)
  return writer
}
