/** Runs the suite in a browser; the test fetches the outcomes. */
import { runConformance } from '@dbloss/conformance'
import * as wasm from 'onnxruntime-web/wasm'
import * as webgpu from 'onnxruntime-web/webgpu'
import { onnxAdapter } from '../../src/index.ts'
import { countingSessions } from '../counting-sessions.ts'

const targets = {
  'wasm, float32': { runtime: wasm, precision: 'float32', provider: 'wasm' },
  'wasm, float64': { runtime: wasm, precision: 'float64', provider: 'wasm' },
  webgpu: { runtime: webgpu, precision: 'float32', provider: 'webgpu' },
} as const

globalThis.runSuite = async (target) => {
  const { runtime, precision, provider } = targets[target as keyof typeof targets]
  runtime.env.wasm.numThreads = 1
  const { ort, liveSessions } = countingSessions(runtime)
  let last = performance.now()
  return runConformance({
    adapter: () =>
      onnxAdapter({
        ort,
        precision,
        name: `onnxruntime-web-${target}-chromium`,
        sessionOptions: { executionProviders: [provider] },
      }),
    liveObjects: liveSessions,
    randomFormulas: 10,
    onResult: (r) => {
      const now = performance.now()
      console.log(`${(now - last).toFixed(0)} ms ${r.group} / ${r.check}: ${r.outcome} ${r.message ?? ''}`)
      last = now
    },
  })
}
