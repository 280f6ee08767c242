import * as tf from '@tensorflow/tfjs-core'

type Constant = number | Float64Array

/** The tensors of one backend. */
interface KeptTensors {
  /** [1, 1] and [1, C] */
  readonly plain: Map<Constant, tf.Tensor>
  /** [B, 1] and [B, C], by the plain tensor and the columns. */
  readonly spread: Map<string, tf.Tensor>
  /** B */
  rows: number
  readonly constantOf: Map<tf.Tensor, Constant>
}

/**
 * The constants of a loss as tensors, made once and kept until `dispose`; for each backend its own, because moving a
 * tensor between backends reads it synchronously, which webgpu refuses.
 */
export class ConstantTensors {
  readonly #byBackend = new Map<string, KeptTensors>()

  /** [1, 1] */
  number(value: number): tf.Tensor {
    return this.#plain(value, () => tf.tensor2d([value], [1, 1], 'float32'))
  }

  /** [1, C] */
  vector(values: Float64Array): tf.Tensor {
    return this.#plain(values, () => tf.tensor2d(Float32Array.from(values), [1, values.length], 'float32'))
  }

  /** Whether a tensor is the constant 0 of this loss. */
  isZero(tensor: tf.Tensor): boolean {
    return this.#ofBackend().constantOf.get(tensor) === 0
  }

  /**
   * A constant of this loss with the rows of a batch, [B, 1] or [B, C], for operations that are slow when they broadcast;
   * another tensor as it is. Batches mostly have one size, so those of the last size are kept.
   */
  spread(tensor: tf.Tensor, [rows, columns]: readonly [number, number]): tf.Tensor {
    const kept = this.#ofBackend()
    const constant = kept.constantOf.get(tensor)
    if (constant === undefined || rows === 1) return tensor
    if (kept.rows !== rows) {
      tf.dispose([...kept.spread.values()])
      kept.spread.clear()
      kept.rows = rows
    }
    const key = `${tensor.id} ${columns}`
    let made = kept.spread.get(key)
    if (made === undefined) {
      const shape: [number, number] = [rows, columns]
      made = tf.keep(typeof constant === 'number' ? tf.fill(shape, constant, 'float32') : tf.broadcastTo(tensor, shape))
      kept.spread.set(key, made)
    }
    return made
  }

  dispose(): void {
    for (const { plain, spread } of this.#byBackend.values()) tf.dispose([...plain.values(), ...spread.values()])
    this.#byBackend.clear()
  }

  #ofBackend(): KeptTensors {
    const name = tf.getBackend()
    let kept = this.#byBackend.get(name)
    if (kept === undefined) {
      kept = { plain: new Map(), spread: new Map(), rows: 0, constantOf: new Map() }
      this.#byBackend.set(name, kept)
    }
    return kept
  }

  #plain(constant: Constant, make: () => tf.Tensor): tf.Tensor {
    const { plain, constantOf } = this.#ofBackend()
    let tensor = plain.get(constant)
    if (tensor === undefined) {
      tensor = tf.keep(make())
      plain.set(constant, tensor)
      constantOf.set(tensor, constant)
    }
    return tensor
  }
}
