/** Runs the suite in a browser, through the runtime that transformers.js has loaded there; the test fetches the outcomes. */
import { runConformance } from '@dbloss/conformance'
import { binaryCrossEntropy } from '@dbloss/core'
import { lossModel, type Ort, onnxAdapter } from '@dbloss/onnx-training'
import { AutoModel, env, Tensor } from '@huggingface/transformers'

globalThis.runSuite = async (target) => {
  const device = target as 'wasm' | 'webgpu'
  const { wasm } = env.backends.onnx
  Object.assign(wasm!, { wasmPaths: '/', numThreads: 1 })
  Object.assign(env, { allowRemoteModels: false, allowLocalModels: true, localModelPath: '/models/' })
  Object.assign(env, { useBrowserCache: false, useWasmCache: false })
  const model = await AutoModel.from_pretrained('probe', { dtype: 'fp32', device })
  const ort: Ort = {
    InferenceSession: model.sessions.model.constructor as unknown as Ort['InferenceSession'],
    Tensor: new Tensor('float32', [0], [1]).ort_tensor.constructor as Ort['Tensor'],
  }
  // Errors only: every session warns that shapes are computed on the CPU.
  const sessionOptions = { executionProviders: [device], logSeverityLevel: 3 } as const
  // Never released: with its last session ONNX Runtime drops the device and every shader that it has compiled.
  await ort.InferenceSession.create(lossModel(binaryCrossEntropy()), sessionOptions)
  return runConformance({
    adapter: () => onnxAdapter({ ort, name: `transformers.js-${device}-chromium`, sessionOptions }),
    onStart: globalThis.checkStarts,
  })
}
