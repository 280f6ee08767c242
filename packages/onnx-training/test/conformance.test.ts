import { conformance } from '@dbloss/conformance'
import * as onnxruntime from 'onnxruntime-node'
import { describe, test } from 'vitest'
import { onnxAdapter } from '../src/index.ts'
import { countingSessions } from './support/counting-sessions.ts'

describe.each(['float32', 'float64'] as const)('onnxruntime-node, CPU, %s', (precision) => {
  const { ort, liveSessions } = countingSessions(onnxruntime)
  conformance({
    describe,
    test,
    adapter: () => onnxAdapter({ ort, precision, name: `onnxruntime-node-cpu-${precision}` }),
    liveObjects: liveSessions,
    randomFormulas: Number(process.env.DBLOSS_RANDOM_FORMULAS ?? 200),
  })
})
