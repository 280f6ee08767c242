import { DblossError } from '@dbloss/core'
import { decodeMessage } from './decode-message.ts'
import { encodeMessage } from './encode-message.ts'
import type { ModelProto } from './types.ts'

/**
 * Reads an ONNX model. The raw data of tensors are views into `bytes`, not copies; unknown fields are kept. The bytes may
 * come from anywhere: whatever they claim, no more is allocated than they hold, and reading ends.
 *
 * @throws DblossError `model` for bytes that are truncated or no ONNX model, for more than 100 messages inside one
 * another (the limit of protobuf), more than 2²² fields outside the data of tensors, texts that are not UTF-8, and sizes
 * beyond 2⁵³.
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  const model = decodeMessage('Model', bytes) as unknown as ModelProto
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
  const chunks = encodeModelChunks(model)
  const result = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let offset = 0
  for (const chunk of chunks) {
    result.set(chunk, offset)
    offset += chunk.length
  }
  return result
}

/** The content of {@link encodeModel} in parts: the raw data of tensors are not copied. */
export function encodeModelChunks(model: ModelProto): Uint8Array[] {
  return encodeMessage('Model', model)
}
