import type * as tf from '@tensorflow/tfjs'

/** The part of an optimizer that schedules change; TensorFlow.js keeps it protected for all but SGD. */
interface ScheduledOptimizer {
  learningRate: number
}

/** A callback that takes the learning rate down along half a cosine over the whole training. */
export function cosineSchedule(optimizer: tf.Optimizer, highest: number, totalSteps: number): tf.CustomCallbackArgs {
  let step = 0
  return {
    onBatchBegin() {
      const scheduled = optimizer as unknown as ScheduledOptimizer
      scheduled.learningRate = (highest * (1 + Math.cos((Math.PI * step) / totalSteps))) / 2
      step++
    },
  }
}
