import { conformance } from '@dbloss/conformance'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { describe, expect, test, vi } from 'vitest'
import { binaryCrossEntropy, deviceReport, differentiableLoss, tfjsAdapter } from '../src/index.ts'

// Without it there are no fused kernels, and the operations that webgl, webgpu and native backends use are tested in Node.
vi.stubGlobal('WebAssembly', undefined)

describe('operations of TensorFlow.js in Node, cpu', () => {
  conformance({
    describe,
    test,
    adapter: () => tfjsAdapter({ backend: 'cpu', name: 'tfjs-cpu-operations' }),
    liveObjects: () => tf.memory().numTensors,
  })
})

test('the report of the device says why there is no fused kernel', async () => {
  const loss = differentiableLoss(binaryCrossEntropy())
  const { fused, kernels, summary } = await deviceReport(() => loss(tf.ones([2, 3]), tf.zeros([2, 3])))
  expect(fused).toBe(0)
  expect(kernels).toBeGreaterThan(5)
  expect(summary).toBe(`cpu: ${kernels} kernels, all on the device; no fused kernel: there is no WebAssembly here`)
  loss.dispose()
})
