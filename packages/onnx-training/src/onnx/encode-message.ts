import { type GivenValues, writePacked } from './packed-values.ts'
import { type FieldSchema, type MessageName, schema, wireOf } from './schema.ts'
import { WireWriter } from './wire-writer.ts'

/** The fields of each message from the last to the first: messages are written from back to front. */
const reversed = Object.fromEntries(
  Object.entries(schema).map(([name, fields]) => [
    name,
    Object.entries(fields)
      .map(([number, known]) => ({ number: Number(number), known }))
      .reverse(),
  ]),
) as Record<MessageName, { number: number; known: FieldSchema }[]>

const textEncoder = new TextEncoder()

/** The bytes of a message in parts, fields in ascending order and unknown ones last. */
export function encodeMessage(name: MessageName, message: object): Uint8Array[] {
  const writer = new WireWriter()
  writeMessage(writer, name, message as Readonly<Record<string, unknown>>)
  return writer.finish()
}

function writeMessage(writer: WireWriter, name: MessageName, message: Readonly<Record<string, unknown>>): void {
  const unknown = (message.unknownFields ?? []) as readonly Uint8Array[]
  for (let index = unknown.length - 1; index >= 0; index--) writer.bytes(unknown[index]!)
  for (const { number, known } of reversed[name]) {
    const value = message[known.name]
    if (value === undefined) continue
    if (known.repeated === undefined) writeField(writer, number, known, value)
    else if (known.repeated === 'unpacked') {
      const items = value as readonly unknown[]
      for (let index = items.length - 1; index >= 0; index--) writeField(writer, number, known, items[index])
    } else {
      const values = value as GivenValues
      if (values.length === 0) continue
      const end = writer.length
      writePacked(writer, known.kind, values)
      writer.header(number, end)
    }
  }
}

function writeField(writer: WireWriter, number: number, known: FieldSchema, value: unknown): void {
  const end = writer.length
  switch (known.kind) {
    case 'number':
    case 'bigint':
      writer.varint(value as number | bigint)
      break
    case 'float':
    case 'double':
      writePacked(writer, known.kind, [value as number])
      break
    case 'string':
      writer.bytes(textEncoder.encode(value as string))
      writer.header(number, end)
      return
    case 'bytes':
      writer.bytes(value as Uint8Array)
      writer.header(number, end)
      return
    default:
      writeMessage(writer, known.kind, value as Readonly<Record<string, unknown>>)
      writer.header(number, end)
      return
  }
  writer.tag(number, wireOf(known))
}
