import * as tf from '@tensorflow/tfjs-core'
import { runsShaders } from './shader-backends.ts'

/**
 * eˣ − 1 as accurate as the backend allows. On webgl and webgpu `tf.expm1` is e^x − 1 as it stands, which cancels near 0, and
 * `tanh` does the same; the series to x⁶ is exact to 2⁻²⁴ below ¼.
 */
export function expm1(x: tf.Tensor): tf.Tensor {
  if (!runsShaders()) return tf.expm1(x)
  let series: tf.Tensor = tf.add(tf.mul(x, 1 / 6), 1)
  for (let n = 5; n >= 2; n--) series = tf.add(tf.mul(tf.mul(x, 1 / n), series), 1)
  return tf.where(tf.less(tf.abs(x), 0.25), tf.mul(x, series), tf.sub(tf.exp(x), 1))
}
