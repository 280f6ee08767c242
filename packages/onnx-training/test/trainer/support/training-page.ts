/** Trains the tiny vision transformer in a browser; the test fetches what comes of it. */
import * as wasm from 'onnxruntime-web/wasm'
import * as webgpu from 'onnxruntime-web/webgpu'
import { createVisionTrainer, trainVision } from './vision-training.ts'

const runtimes = { wasm, webgpu } as const

declare global {
  /** Trains on an execution provider of the page. */
  var train: (provider: keyof typeof runtimes) => ReturnType<typeof trainVision>
}

globalThis.train = async (provider) => {
  const runtime = runtimes[provider]
  runtime.env.wasm.numThreads = 1
  // Errors only: every session warns that shapes are computed on the CPU.
  const trainer = await createVisionTrainer(runtime, { executionProviders: [provider], logSeverityLevel: 3 })
  const result = await trainVision(trainer)
  await trainer.dispose()
  return result
}
