import { conformance } from '@dbloss/conformance'
import * as tf from '@tensorflow/tfjs-core'
import { describe, test } from 'vitest'
import { describeTarget } from '../../../test-support/describe-target.ts'
import { installNodeWebGpu } from '../../../test-support/node-webgpu.ts'
import { tfjsAdapter } from '../src/index.ts'

const missing = await installNodeWebGpu()
// The backend registers itself only where the navigator has a GPU already.
if (missing === undefined) await import('@tensorflow/tfjs-backend-webgpu')

describeTarget('TensorFlow.js in Node, webgpu', 'webgpu', missing, () => {
  // Small tensors would go to the CPU, and the device would not be tested at all.
  tf.env().set('WEBGPU_CPU_FORWARD', false)
  conformance({
    describe,
    test,
    adapter: () => tfjsAdapter({ backend: 'webgpu', name: 'tfjs-webgpu-node' }),
    liveObjects: () => tf.memory().numTensors,
  })
})
