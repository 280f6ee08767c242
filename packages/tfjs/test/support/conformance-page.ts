/** Runs the suite in a browser; the test fetches the outcomes. */
import { runConformance } from '@dbloss/conformance'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-webgl'
import '@tensorflow/tfjs-backend-webgpu'
import { tfjsAdapter } from '../../src/index.ts'

globalThis.runSuite = async (backend) => {
  // Small tensors would go to the CPU, and the device would not be tested at all.
  tf.env().set('WEBGL_CPU_FORWARD', false)
  tf.env().set('WEBGPU_CPU_FORWARD', false)
  return runConformance({
    adapter: () => tfjsAdapter({ backend, name: `tfjs-${backend}-chromium` }),
    liveObjects: () => tf.memory().numTensors,
    onStart: globalThis.checkStarts,
  })
}
