/** Runs the suite in a browser; the test fetches the outcomes. */
import { runConformance } from '@dbloss/conformance'
import { binaryCrossEntropy } from '@dbloss/core'
import * as wasm from 'onnxruntime-web/wasm'
import * as webgpu from 'onnxruntime-web/webgpu'
import { lossModel, onnxAdapter } from '../../src/index.ts'
import { countingSessions } from './counting-sessions.ts'

const targets = {
  'wasm, float32': { runtime: wasm, precision: 'float32', provider: 'wasm' },
  'wasm, float64': { runtime: wasm, precision: 'float64', provider: 'wasm' },
  webgpu: { runtime: webgpu, precision: 'float32', provider: 'webgpu' },
} as const

globalThis.runSuite = async (target) => {
  const { runtime, precision, provider } = targets[target as keyof typeof targets]
  runtime.env.wasm.numThreads = 1
  // Errors only: every session warns that shapes are computed on the CPU.
  const sessionOptions = { executionProviders: [provider], logSeverityLevel: 3 } as const
  // Never released: with its last session ONNX Runtime drops the device and every shader that it has compiled.
  await runtime.InferenceSession.create(lossModel(binaryCrossEntropy(), { precision }), sessionOptions)
  const { ort, liveSessions } = countingSessions(runtime)
  return runConformance({
    adapter: () => onnxAdapter({ ort, precision, name: `onnxruntime-web-${target}-chromium`, sessionOptions }),
    liveObjects: liveSessions,
    onStart: globalThis.checkStarts,
  })
}
