import { evaluate, type Loss } from '@dbloss/core'
import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { toTfjsLoss } from '../src/index.ts'
import { describeBackends } from './support/backends.ts'
import {
  classCount,
  featureCount,
  features,
  labels,
  partlyUnknown,
  sampleCount,
  trainedLosses,
} from './support/problem.ts'

const learningRate = 0.5
const batchSize = 8

/** The parameters and the loss after each step of plain gradient descent in float64. */
function referenceTraining(loss: Loss, y: Float32Array, epochs: number) {
  const weights = new Float64Array(featureCount * classCount)
  const bias = new Float64Array(classCount)
  const steps: { loss: number; weights: Float64Array; bias: Float64Array }[] = []
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let first = 0; first < sampleCount; first += batchSize) {
      const x = features.subarray(first * featureCount, (first + batchSize) * featureCount)
      const logits = Float64Array.from({ length: batchSize * classCount }, (_, at) => {
        const [row, column] = [Math.floor(at / classCount), at % classCount]
        return Array.from(
          { length: featureCount },
          (_, f) => x[row * featureCount + f]! * weights[f * classCount + column]!,
        ).reduce((sum, product) => sum + product, bias[column]!)
      })
      const batchLabels = y.subarray(first * classCount, (first + batchSize) * classCount)
      const { value, gradient } = evaluate(loss, { logits, labels: batchLabels, batchSize })
      gradient.forEach((derivative, at) => {
        const [row, column] = [Math.floor(at / classCount), at % classCount]
        bias[column]! -= learningRate * derivative
        for (let f = 0; f < featureCount; f++) {
          weights[f * classCount + column]! -= learningRate * derivative * x[row * featureCount + f]!
        }
      })
      steps.push({ loss: value, weights: weights.slice(), bias: bias.slice() })
    }
  }
  return steps
}

describeBackends('fit follows the float64 reference step by step', (backend) => {
  for (const [name, loss] of trainedLosses) {
    test.each([
      ['all labels known', labels],
      ['some labels unknown', partlyUnknown],
    ])(`${name}, %s`, async (_, y) => {
      await tf.setBackend(backend)
      const model = tf.sequential({
        layers: [tf.layers.dense({ units: classCount, inputShape: [featureCount], kernelInitializer: 'zeros' })],
      })
      const lossFunction = toTfjsLoss(loss)
      model.compile({ optimizer: tf.train.sgd(learningRate), loss: lossFunction })
      const expected = referenceTraining(loss, y, 4)
      const errors: number[] = []
      const onBatchEnd = async (batch: number, logs?: tf.Logs) => {
        const [weights, bias] = await Promise.all(model.getWeights().map((weight) => weight.data()))
        const step = expected[errors.length]!
        errors.push(
          Math.max(
            Math.abs(logs!.loss! - step.loss),
            ...step.weights.map((value, at) => Math.abs(value - weights![at]!)),
            ...step.bias.map((value, at) => Math.abs(value - bias![at]!)),
          ),
        )
        expect(batch).toBe((errors.length - 1) % 3)
      }
      const [xs, ys] = [tf.tensor2d(features, [sampleCount, featureCount]), tf.tensor2d(y, [sampleCount, classCount])]
      await model.fit(xs, ys, { batchSize, epochs: 4, shuffle: false, verbose: 0, callbacks: { onBatchEnd } })
      expect(errors).toHaveLength(12)
      // Parameters and losses are of the order of 1; 12 steps may each add some roundings of float32.
      expect(Math.max(...errors)).toBeLessThan(64 * 2 ** -23)
      lossFunction.dispose()
      model.dispose()
      tf.dispose([xs, ys])
    })
  }
})
