import * as tf from '@tensorflow/tfjs-core'

/**
 * The constants of a loss as tensors, made once and kept until `dispose`; for each backend its own, because moving a
 * tensor between backends reads it synchronously, which webgpu refuses.
 */
export class ConstantTensors {
  readonly #byBackend = new Map<string, { numbers: Map<number, tf.Tensor>; vectors: Map<Float64Array, tf.Tensor> }>()

  /** [1, 1] */
  number(value: number): tf.Tensor {
    return this.#kept(this.#ofBackend().numbers, value, () => tf.tensor2d([value], [1, 1], 'float32'))
  }

  /** [1, C] */
  vector(values: Float64Array): tf.Tensor {
    return this.#kept(this.#ofBackend().vectors, values, () =>
      tf.tensor2d(Float32Array.from(values), [1, values.length], 'float32'),
    )
  }

  dispose(): void {
    for (const { numbers, vectors } of this.#byBackend.values()) {
      for (const tensor of [...numbers.values(), ...vectors.values()]) tensor.dispose()
    }
    this.#byBackend.clear()
  }

  #ofBackend() {
    const name = tf.getBackend()
    let constants = this.#byBackend.get(name)
    if (constants === undefined) {
      constants = { numbers: new Map(), vectors: new Map() }
      this.#byBackend.set(name, constants)
    }
    return constants
  }

  #kept<Key>(tensors: Map<Key, tf.Tensor>, key: Key, make: () => tf.Tensor): tf.Tensor {
    let tensor = tensors.get(key)
    if (tensor === undefined) {
      tensor = tf.keep(make())
      tensors.set(key, tensor)
    }
    return tensor
  }
}
