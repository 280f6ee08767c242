import { conformance } from '@dbloss/conformance'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { describe, test } from 'vitest'
import { tfjsAdapter } from '../src/index.ts'

describe.each(['cpu', 'wasm'])('TensorFlow.js in Node, %s', (backend) => {
  conformance({ describe, test, adapter: () => tfjsAdapter({ backend }), liveObjects: () => tf.memory().numTensors })
})
