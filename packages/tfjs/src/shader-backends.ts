import * as tf from '@tensorflow/tfjs-core'

const shaderBackends = ['webgl', 'webgpu']

/** Whether the backend in use runs shaders on a GPU. */
export function runsShaders(): boolean {
  return shaderBackends.includes(tf.getBackend())
}
