import { binaryCrossEntropy, deviceReport, differentiableLoss } from '@dbloss/tfjs'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'

/** Native packages, fastest first; a machine may have one of them, or none. */
const nativePackages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']

/** Takes the fastest backend that is installed, and tells where the loss really runs. */
export async function chooseBackend(): Promise<string> {
  const found = await loadFastest()
  const loss = differentiableLoss(binaryCrossEntropy())
  const { summary } = await deviceReport(() => tf.grad((z) => loss(tf.ones([256, 80]), z))(tf.zeros([256, 80])))
  loss.dispose()
  return `${found}: the loss and its gradient ran on ${summary}`
}

/** All backends register themselves in the same TensorFlow.js. */
async function loadFastest(): Promise<string> {
  for (const name of nativePackages) {
    try {
      await import(name)
      await tf.setBackend('tensorflow')
      return name
    } catch {
      // Not installed, or without its binary.
    }
  }
  await tf.setBackend('wasm')
  return '@tensorflow/tfjs-backend-wasm'
}
