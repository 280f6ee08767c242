import { type Loss, shapeOf } from '@dbloss/core'
import type { GraphBuilder } from './onnx/index.ts'
import type { Ort, OrtTensor } from './ort.ts'
import { type GraphPrecision, precisions, toPrecision } from './precision.ts'
import { inputShape } from './primitives.ts'

/** The further inputs of a loss by name, each row-major and of the extent that the loss declares. */
export type LossInputs = Readonly<Record<string, Float32Array | Float64Array>>

/** The name that an input of the loss has in the graph of a step, where no weight or value of a model has it. */
const valueName = (name: string): string => `dbloss/input/${name}`

/**
 * Declares the further inputs of a loss in the graph of a step.
 *
 * @returns the graph's values by the names that the loss gives them.
 */
export function declareLossInputs(
  graph: GraphBuilder,
  { inputs }: Loss,
  precision: GraphPrecision,
): Readonly<Record<string, string>> {
  const { element } = precisions[precision]
  return Object.fromEntries(
    Object.entries(inputs).map(([name, extent]) => [name, graph.input(valueName(name), element, inputShape(extent))]),
  )
}

/** The tensors for {@link declareLossInputs}, of inputs that are checked. */
export function lossInputTensors(
  ort: Ort,
  loss: Loss,
  precision: GraphPrecision,
  inputs: LossInputs,
  { batchSize, classCount }: { readonly batchSize: number; readonly classCount: number },
): Readonly<Record<string, OrtTensor>> {
  const { tensor: type } = precisions[precision]
  return Object.fromEntries(
    Object.entries(loss.inputs).map(([name, extent]) => {
      const values = toPrecision(inputs[name]!, precision)
      return [valueName(name), new ort.Tensor(type, values, shapeOf(extent, batchSize, classCount))]
    }),
  )
}
