import * as ort from 'onnxruntime-node'

/** Pictures at once. */
const batchSize = 32

/** Logits [count, classes] of pictures [count, 3, size, size] by a saved model: nothing but ONNX Runtime is needed for it. */
export async function predict(path: string, pixels: Float32Array, size: number): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(path)
  const rowLength = 3 * size * size
  const logits: number[] = []
  for (let start = 0; start < pixels.length; start += batchSize * rowLength) {
    const batch = pixels.subarray(start, start + batchSize * rowLength)
    const pixel_values = new ort.Tensor('float32', batch, [batch.length / rowLength, 3, size, size])
    const outputs = await session.run({ pixel_values })
    logits.push(...(outputs[session.outputNames[0]!]!.data as Float32Array))
  }
  await session.release()
  return Float32Array.from(logits)
}
