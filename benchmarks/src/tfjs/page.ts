/** The benchmark in a browser; main.ts calls it. */
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-webgpu'
import { type Budget, measuredDevice, measureSize, type SizeTimes } from './measure-backend.ts'

declare global {
  /** Starts a backend and tells the device. */
  var startBackend: (name: string) => Promise<string>
  /** Measures one size on it. */
  var measureOneSize: (batchSize: number, classCount: number, budget: Budget) => Promise<SizeTimes>
}

globalThis.startBackend = async (name) => {
  if (!(await tf.setBackend(name))) throw new Error(`${name} cannot start`)
  return measuredDevice()
}
globalThis.measureOneSize = measureSize
