import { DblossError, type Loss, type LossOutput } from '@dbloss/core'
import * as tf from '@tensorflow/tfjs-core'
import { checkTensors, type LossInputs } from './check-tensors.ts'
import { createKernel } from './loss-kernel.ts'
import { tensorShape } from './primitives.ts'

/** The tensor that an output is. */
export interface OutputTensors {
  /** [] */
  readonly value: tf.Scalar
  /** [B] */
  readonly rows: tf.Tensor1D
  /** [B, C] */
  readonly elements: tf.Tensor2D
}

/** A loss as a function of tensors; made by {@link differentiableLoss}. */
export interface DifferentiableLoss<Output extends LossOutput = LossOutput> {
  /**
   * @param labels - [B, C]: 1, 0, between, or −1 for unknown; float32, int32 or bool.
   * @param logits - [B, C], float32: raw scores, before any sigmoid.
   * @param inputs - the further inputs that the loss declares, as tensors, or as numbers: what a source makes.
   * @throws DblossError `shape` for wrong ranks and sizes, `argument` for another type of logits and after `dispose`.
   */
  (labels: tf.Tensor, logits: tf.Tensor, inputs?: LossInputs): OutputTensors[Output]
  /** The loss, as core describes it. */
  readonly loss: Loss
  /** Frees the constants of the loss. Calls after it throw. */
  dispose(): void
}

/** What {@link differentiableLoss} is to give. */
export interface DifferentiableLossOptions<Output extends LossOutput> {
  /**
   * `value`: the reduced loss; `rows`: a number a row whose mean is the value; `elements`: the loss of each element before
   * reduction. Default `value`.
   */
  readonly output?: Output
}

/**
 * A loss for custom training loops: differentiable by `tf.grad`, `tf.variableGrads` and `optimizer.minimize`, with the
 * gradient derived from the formula, whatever stands after it. Only the logits are differentiated, and only once: a derivative
 * of the gradient throws. On cpu and wasm one fused WebAssembly kernel computes the loss with its gradient, where WebAssembly
 * has SIMD; elsewhere operations of TensorFlow.js.
 *
 * @throws DblossError `argument` when the loss does not have the output, as rows of a loss that couples rows.
 *
 * @example
 * const loss = differentiableLoss(distributionBalancedLoss(statistics))
 * optimizer.minimize(() => loss(labels, model.apply(images) as tf.Tensor))
 *
 * @example
 * // A loss with a source of further inputs, random numbers or running statistics.
 * const source = loss.loss.inputSource!({ classCount, seed: 0 })
 * const inputs = source.inputsFor({ labels: labelNumbers, batchSize })
 * optimizer.minimize(() => loss(labels, model.apply(images) as tf.Tensor, inputs))
 */
export function differentiableLoss<Output extends LossOutput = 'value'>(
  loss: Loss,
  { output = 'value' as Output }: DifferentiableLossOptions<Output> = {},
): DifferentiableLoss<Output> {
  const kernel = createKernel(loss, output)
  let isDisposed = false

  function apply(labels: tf.Tensor, logits: tf.Tensor, inputs: LossInputs = {}): tf.Tensor {
    if (isDisposed) throw usedAfterDispose(loss)
    const size = checkTensors(loss, labels, logits, inputs)
    const shape = { value: [], rows: [size.batchSize], elements: [size.batchSize, size.classCount] }[output]
    const differentiable = tf.customGrad((z, save) => {
      const further = Object.fromEntries(
        Object.entries(loss.inputs).map(([name, extent]) => {
          const given = inputs[name]!
          // A copy: the caller may use the array again before a device has read it.
          const tensor = ArrayBuffer.isView(given)
            ? tf.tensor2d(Float32Array.from(given), tensorShape(extent, size))
            : asFloat(given)
          return [name, tensor]
        }),
      )
      const batch = { inputs: { ...further, logits: z as tf.Tensor, labels: asFloat(labels) }, ...size }
      const { output: result, saved, backward } = kernel.forward(batch)
      ;(save as tf.GradSaveFunc)([z as tf.Tensor, ...saved])
      return {
        value: tf.reshape(result, shape),
        gradFunc: (upstream: tf.Tensor, [logitsAgain, ...kept]: tf.Tensor[]) =>
          once(loss, [logitsAgain!, upstream], () => backward(tf.reshape(upstream, result.shape), kept)),
      }
    })
    return differentiable(logits)
  }

  // A model that is saved with its optimizer lists the enumerable properties of its loss as names of outputs.
  return Object.defineProperties(apply as DifferentiableLoss<Output>, {
    name: { value: loss.name },
    loss: { value: loss },
    dispose: {
      value() {
        isDisposed = true
        kernel.dispose()
      },
    },
  })
}

/**
 * A gradient that cannot be differentiated again: neither the kernels nor what they save tell TensorFlow.js how it depends on
 * the logits, and it would take a part of the second derivative for all of it.
 */
function once(loss: Loss, inputs: tf.Tensor[], gradient: () => tf.Tensor): tf.Tensor {
  return tf.customGrad(() => ({
    value: gradient(),
    gradFunc: () => {
      throw new DblossError('argument', `the gradient of ${loss.name} cannot be differentiated again`, {
        argument: 'loss',
        found: 'a derivative of its gradient',
        expected: 'first derivatives only',
      })
    },
  }))(...inputs)
}

const asFloat = (tensor: tf.Tensor): tf.Tensor => tf.cast(tensor, 'float32')

function usedAfterDispose(loss: Loss): DblossError {
  return new DblossError('argument', `the loss ${loss.name} was used after dispose()`, {
    argument: 'loss',
    found: 'a loss whose tensors are freed',
    expected: 'a loss in use',
  })
}
