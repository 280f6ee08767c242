import * as ort from 'onnxruntime-node'
import { encodeModel, type ModelProto, type OrtData, type OrtElementType } from '../../../src/index.ts'

/** Tensors by name, with their sizes. */
export type NamedData = Readonly<Record<string, { readonly data: OrtData; readonly dims: readonly number[] }>>

/** What a model, or the model in a file, gives in plain onnxruntime. */
export async function runModel(
  model: ModelProto | string,
  inputs: NamedData,
  output = 'logits',
): Promise<Float32Array | Float64Array> {
  const session = await (typeof model === 'string'
    ? ort.InferenceSession.create(model)
    : ort.InferenceSession.create(encodeModel(model)))
  const feeds = Object.entries(inputs).map(([name, { data, dims }]) => [
    name,
    new ort.Tensor(elementTypeOf(data), data as Float32Array, dims),
  ])
  const outputs = await session.run(Object.fromEntries(feeds))
  const values = (outputs[output]!.data as Float32Array | Float64Array).slice()
  await session.release()
  return values
}

function elementTypeOf(data: OrtData): OrtElementType {
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof BigInt64Array) return 'int64'
  return data instanceof Int32Array ? 'int32' : 'float32'
}
