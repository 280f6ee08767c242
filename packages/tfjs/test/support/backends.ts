import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import { describeTarget } from '../../../../test-support/describe-target.ts'
import { installNodeWebGpu } from '../../../../test-support/node-webgpu.ts'

const webGpuMissing = await installNodeWebGpu()
if (webGpuMissing === undefined) {
  await import('@tensorflow/tfjs-backend-webgpu')
  // Small tensors would go to the CPU, and the device would not be tested at all.
  tf.env().set('WEBGPU_CPU_FORWARD', false)
}

/** The same tests on each backend that runs in Node. */
export function describeBackends(name: string, tests: (backend: string) => void): void {
  for (const backend of ['cpu', 'wasm', 'webgpu']) {
    describeTarget(`${name}, ${backend}`, backend, backend === 'webgpu' ? webGpuMissing : undefined, () =>
      tests(backend),
    )
  }
}
