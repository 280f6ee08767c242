import * as tf from '@tensorflow/tfjs-core'

/** Softplus and e^x − 1 as accurate as the backend allows. */
interface Logistic {
  softplus(x: tf.Tensor): tf.Tensor
  expm1(x: tf.Tensor): tf.Tensor
}

const kernels: Logistic = { softplus: (x) => tf.softplus(x), expm1: (x) => tf.expm1(x) }

/**
 * On webgl and webgpu `softplus` is off by 6 % near x = −14, `expm1` and `log1p` are e^x − 1 and log(1 + x) as they stand,
 * which cancel near 0, and `tanh` does the same.
 */
const composed: Logistic = {
  softplus(x) {
    const decay = tf.exp(tf.neg(tf.abs(x)))
    const sum = tf.add(decay, 1)
    // The part of e^−|x| that rounding the sum lost, to first order: log(s + ε) ≈ log s + ε / s.
    const lost = tf.div(tf.sub(decay, tf.sub(sum, 1)), sum)
    return tf.add(tf.relu(x), tf.add(tf.log(sum), lost))
  },
  // The difference cancels near 0, and so does tanh there; the series to x⁶ is exact to 2⁻²⁴ below ¼.
  expm1(x) {
    let series: tf.Tensor = tf.add(tf.mul(x, 1 / 6), 1)
    for (let n = 5; n >= 2; n--) series = tf.add(tf.mul(tf.mul(x, 1 / n), series), 1)
    return tf.where(tf.less(tf.abs(x), 0.25), tf.mul(x, series), tf.sub(tf.exp(x), 1))
  },
}

const shaderBackends = ['webgl', 'webgpu']

/** What suits the backend in use. */
export function logistic(): Logistic {
  return shaderBackends.includes(tf.getBackend()) ? composed : kernels
}
