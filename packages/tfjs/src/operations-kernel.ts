import {
  type Condition,
  type Expression,
  type Loss,
  type LossOutput,
  lower,
  type OutputProgram,
  outputProgram,
} from '@dbloss/core'
import * as tf from '@tensorflow/tfjs-core'
import { ConstantTensors } from './constant-tensors.ts'
import type { ForwardPass, LossKernel } from './loss-kernel.ts'
import { type BatchTensors, TfjsPrimitives } from './primitives.ts'
import { runsShaders } from './shader-backends.ts'
import { sharedParts } from './shared-parts.ts'
import { type TotalSum, totalSums } from './total-sums.ts'

/**
 * A loss as TensorFlow.js operations. What the gradient has in common with the output is computed once, in the forward
 * pass, and saved; the rest of the gradient is computed only when it is asked for.
 */
export class OperationsKernel implements LossKernel {
  readonly #program: OutputProgram
  readonly #sharedValues: readonly Expression[]
  readonly #sharedConditions: readonly Condition[]
  readonly #totals: readonly TotalSum[]
  readonly #constants = new ConstantTensors()

  constructor(loss: Loss, output: LossOutput) {
    this.#program = outputProgram(loss, output)
    this.#totals = totalSums(this.#program.output)
    const { values, conditions } = sharedParts(this.#program)
    this.#sharedValues = values
    this.#sharedConditions = conditions
  }

  forward(batch: BatchTensors): ForwardPass {
    const lowered = { values: new Map<Expression, tf.Tensor>(), conditions: new Map<Condition, tf.Tensor>() }
    const table = new TfjsPrimitives(this.#constants, batch)
    for (const { sum, operand } of runsShaders() ? this.#totals : []) {
      const [elements] = lower([operand], table, lowered)
      lowered.values.set(sum, tf.sum(elements!, [0, 1], true))
    }
    const [output] = lower([this.#program.output], table, lowered)
    const saved = [
      ...lower(this.#sharedValues, table, lowered),
      ...this.#sharedConditions.map((condition) => lowered.conditions.get(condition)!),
    ]
    return { output: output!, saved, backward: (seed, kept) => this.#backward(seed, kept, batch) }
  }

  #backward(
    seed: tf.Tensor,
    saved: readonly tf.Tensor[],
    { batchSize, classCount }: Omit<BatchTensors, 'inputs'>,
  ): tf.Tensor {
    const lowered = {
      values: new Map(this.#sharedValues.map((expression, index) => [expression, saved[index]!])),
      conditions: new Map(
        this.#sharedConditions.map((condition, index) => [condition, saved[this.#sharedValues.length + index]!]),
      ),
    }
    const table = new TfjsPrimitives(this.#constants, { inputs: { seed }, batchSize, classCount })
    return lower([this.#program.gradient], table, lowered)[0]!
  }

  dispose(): void {
    this.#constants.dispose()
  }
}
