import { encodeModel, type ModelProto } from '../onnx/index.ts'

/** The SHA-256 of a model's file, in hexadecimal. */
export async function modelHash(model: ModelProto): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', encodeModel(model) as Uint8Array<ArrayBuffer>)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
