import type { LabelStatistics } from '@dbloss/core'
import * as tf from '@tensorflow/tfjs'
import { measured } from '../data.ts'

/** A loss of labels and logits, differentiated by TensorFlow.js. */
export type TensorLoss = (labels: tf.Tensor2D, logits: tf.Tensor2D) => tf.Scalar

/**
 * DB-Focal as a user of TensorFlow.js would write it by hand, for its own differentiation.
 *
 * @param masked - whether unknown labels (−1) are left out, as this package's losses do.
 */
export function handWrittenLoss({ classCounts, sampleCount }: LabelStatistics, masked: boolean): TensorLoss {
  const { alpha, beta, mu, lambda, kappa, balance } = measured
  const row = (values: number[]): tf.Tensor2D => tf.keep(tf.tensor2d(values, [1, values.length]))
  const inverse = row(classCounts.map((count) => 1 / count))
  const shift = row(classCounts.map((count) => kappa * Math.log(count / (sampleCount - count))))
  const side = (u: tf.Tensor): tf.Tensor => tf.mul(tf.square(tf.sigmoid(u)), tf.softplus(u))

  const elements = (y: tf.Tensor, z: tf.Tensor): tf.Tensor => {
    const shown = tf.sum(tf.mul(y, inverse), 1, true)
    const ratio = tf.div(inverse, tf.maximum(shown, 1e-9))
    const weight = tf.add(alpha, tf.sigmoid(tf.mul(beta, tf.sub(ratio, mu))))
    const shifted = tf.add(z, shift)
    const positive = tf.mul(y, side(tf.neg(shifted)))
    const negative = tf.mul(tf.sub(1, y), side(tf.mul(lambda, shifted)))
    return tf.mul(tf.mul(weight, balance), tf.add(positive, tf.div(negative, lambda)))
  }
  if (!masked) return (labels, logits) => tf.mean(elements(labels, logits))
  return (labels, logits) => {
    const isUnknown = tf.less(labels, -0.5)
    const zeros = tf.zerosLike(logits)
    const known = tf.sum(tf.cast(tf.logicalNot(isUnknown), 'float32'))
    const result = elements(tf.where(isUnknown, zeros, labels), tf.where(isUnknown, zeros, logits))
    return tf.div(tf.sum(tf.where(isUnknown, zeros, result)), tf.maximum(known, 1))
  }
}
