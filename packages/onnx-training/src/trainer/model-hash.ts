import { encodeModelChunks } from '../onnx/codec.ts'
import type { ModelProto } from '../onnx/index.ts'

/** A SHA-256 of a model's file, in hexadecimal: that of the hashes of its parts, so that it is never in memory as a whole. */
export async function modelHash(model: ModelProto): Promise<string> {
  const parts: Uint8Array[] = []
  for (const chunk of encodeModelChunks(model)) parts.push(await sha256(chunk))
  const digest = await sha256(new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer()))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
}
