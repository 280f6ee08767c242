import * as ort from 'onnxruntime-node'
import { createTrainer, sgd, type Trainer, type TrainerOptions } from '../../../src/index.ts'
import { smallLoss } from './small-batch.ts'
import { smallModel } from './small-model.ts'

/** A trainer of all but the stem of the small model, in float64, unless told otherwise. */
export function createSmallTrainer(options: Partial<TrainerOptions> = {}): Promise<Trainer> {
  const optimizer = sgd({ learningRate: 0.1, momentum: 0 })
  return createTrainer({
    ...{ ort, model: smallModel(), trainable: /blocks|head/, loss: smallLoss(), optimizer },
    // More would only cost time on a model of this size.
    sessionOptions: { intraOpNumThreads: 1 },
    ...options,
  })
}

/** The tensors of a trainer's state. */
export async function tensorsOf(trainer: Trainer): Promise<Readonly<Record<string, Float32Array | Float64Array>>> {
  return (await trainer.state()).tensors
}

/** The greatest difference between two lists of tensors, as a share of the largest number of each tensor. */
export function largestDifference(
  got: Readonly<Record<string, ArrayLike<number>>>,
  expected: Readonly<Record<string, ArrayLike<number>>>,
): number {
  const differences = Object.entries(expected).map(([name, values]) => {
    const actual = got[name]
    if (actual?.length !== values.length) throw new Error(`'${name}' has ${actual?.length} values`)
    const largest = Math.max(1e-300, ...Array.from(values, Math.abs))
    return Math.max(...Array.from(values, (value, index) => Math.abs(value - actual[index]!))) / largest
  })
  // Math.max is NaN where one of them is.
  return Math.max(...differences)
}
