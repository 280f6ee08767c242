import { env } from '@huggingface/transformers'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import * as ort from 'onnxruntime-web/wasm'

// transformers.js would load the WebAssembly from a server elsewhere. The page has its own, for both.
ort.env.wasm.wasmPaths = { wasm }
// A folder `models` beside the page is looked at before the hub.
env.allowLocalModels = true
env.localModelPath = new URL('models/', document.baseURI).href

export { env, ort }
