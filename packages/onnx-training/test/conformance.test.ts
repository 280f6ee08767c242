import { conformance } from '@dbloss/conformance'
import * as ort from 'onnxruntime-node'
import { describe, test } from 'vitest'
import { onnxAdapter } from '../src/index.ts'

describe.each(['float32', 'float64'] as const)('onnxruntime-node, CPU, %s', (precision) => {
  conformance({
    describe,
    test,
    adapter: () => onnxAdapter({ ort, precision, name: `onnxruntime-node-cpu-${precision}` }),
  })
})
