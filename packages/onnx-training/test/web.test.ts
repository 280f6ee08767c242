import { conformance } from '@dbloss/conformance'
import * as onnxruntime from 'onnxruntime-web'
import { describe, test } from 'vitest'
import { onnxAdapter } from '../src/index.ts'
import { countingSessions } from './support/counting-sessions.ts'

describe.each(['float32', 'float64'] as const)('onnxruntime-web in Node, wasm, %s', (precision) => {
  onnxruntime.env.wasm.numThreads = 1
  const { ort, liveSessions } = countingSessions(onnxruntime)
  conformance({
    describe,
    test,
    adapter: () => onnxAdapter({ ort, precision, name: `onnxruntime-web-wasm-${precision}` }),
    liveObjects: liveSessions,
  })
})
