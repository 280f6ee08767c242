import {
  type Adapter,
  type Batch,
  type CompiledLoss,
  checkBatch,
  DblossError,
  type Evaluation,
  type Loss,
} from '@dbloss/core'
import * as tf from '@tensorflow/tfjs-core'
import { differentiableLoss } from './differentiable-loss.ts'
import { tensorShape } from './primitives.ts'

/** What {@link tfjsAdapter} needs. */
export interface TfjsAdapterOptions {
  /** A backend that is registered: import its package first. Default: the one in use. */
  readonly backend?: string
  /** Default `tfjs-` and the backend. */
  readonly name?: string
}

/**
 * TensorFlow.js as a target of every loss, through the same function that users call and through `tf.grad`.
 *
 * @throws DblossError `runtime` when the backend is not registered or cannot start.
 */
export async function tfjsAdapter({ backend, name }: TfjsAdapterOptions = {}): Promise<Adapter> {
  const used = await useBackend(backend)
  return {
    name: name ?? `tfjs-${used}`,
    precision: precisionOf(used),
    supports: { elements: true, optimizer: false },
    compile: async (loss) => new CompiledTfjsLoss(loss, used),
  }
}

/** `floatPrecision()` of webgl tells 16 just where textures of float32 are there. */
function precisionOf(backend: string): 'float16' | 'float32' {
  if (backend === 'webgl' && tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) return 'float32'
  return tf.backend().floatPrecision() === 16 ? 'float16' : 'float32'
}

async function useBackend(backend: string | undefined): Promise<string> {
  if (backend !== undefined && tf.getBackend() !== backend) {
    const started = tf.findBackendFactory(backend) !== null && (await tf.setBackend(backend))
    if (!started) {
      throw new DblossError(
        'runtime',
        `the TensorFlow.js backend '${backend}' cannot start; is its package imported?`,
        {
          argument: 'backend',
          found: backend,
          expected: 'a backend that is registered and runs on this machine',
        },
      )
    }
  }
  await tf.ready()
  return tf.getBackend()
}

class CompiledTfjsLoss implements CompiledLoss {
  readonly #loss: Loss
  readonly #backend: string
  readonly #value
  readonly #elements

  constructor(loss: Loss, backend: string) {
    this.#loss = loss
    this.#backend = backend
    this.#value = differentiableLoss(loss)
    this.#elements = loss.elements === undefined ? undefined : differentiableLoss(loss, { output: 'elements' })
  }

  async evaluate(batch: Batch): Promise<Evaluation> {
    const classCount = checkBatch(this.#loss, batch)
    await useBackend(this.#backend)
    const { logits, labels, batchSize, inputs = {} } = batch
    const size = { batchSize, classCount }
    const tensors = tf.tidy(() => {
      const tensor = (data: Float32Array | Float64Array, shape: [number, number]): tf.Tensor2D =>
        tf.tensor2d(Float32Array.from(data), shape, 'float32')
      const y = tensor(labels, [batchSize, classCount])
      const z = tensor(logits, [batchSize, classCount])
      const further = Object.fromEntries(
        Object.entries(this.#loss.inputs).map(([key, extent]) => [
          key,
          tensor(inputs[key]!, tensorShape(extent, size)),
        ]),
      )
      const { value, grad } = tf.valueAndGrad((x) => this.#value(y, x, further))(z)
      return { value, gradient: grad, ...(this.#elements && { elements: this.#elements(y, z, further) }) }
    })
    const read = (tensor: tf.Tensor): Promise<Float32Array> => tensor.data<'float32'>()
    try {
      const [value, gradient] = [await read(tensors.value), await read(tensors.gradient)]
      return {
        value: value[0]!,
        gradient,
        ...(tensors.elements === undefined ? {} : { elements: await read(tensors.elements) }),
      }
    } finally {
      tf.dispose(tensors)
    }
  }

  async dispose(): Promise<void> {
    this.#value.dispose()
    this.#elements?.dispose()
  }
}
