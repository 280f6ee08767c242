/** A page that gives the logits of a saved model for pictures, through transformers.js in the browser. */
import { AutoModelForImageClassification, AutoProcessor, env, RawImage } from '@huggingface/transformers'

globalThis.logitsOf = async (pictures) => {
  const { wasm } = env.backends.onnx
  Object.assign(wasm!, { wasmPaths: '/', numThreads: 1 })
  Object.assign(env, { allowRemoteModels: false, allowLocalModels: true, localModelPath: '/models/' })
  Object.assign(env, { useBrowserCache: false, useWasmCache: false })
  const processor = await AutoProcessor.from_pretrained('saved')
  const model = await AutoModelForImageClassification.from_pretrained('saved', { device: 'wasm' })
  const rows: number[][] = []
  for (const picture of pictures) {
    const { logits } = await model(await processor(await RawImage.read(picture)))
    rows.push(Array.from(logits.data))
  }
  return rows
}
