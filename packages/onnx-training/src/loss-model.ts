import { ELEMENTS, type Loss, lossProgram, lower } from '@dbloss/core'
import { GraphBuilder } from './onnx/index.ts'
import { type GraphPrecision, precisions } from './precision.ts'
import { inputShape, OnnxPrimitives } from './primitives.ts'

/** The values of a loss inside a graph, all of rank 2. */
export interface LossValues {
  /** [1, 1] */
  readonly loss: string
  /** [B, C] */
  readonly dLogits: string
  /** [B, C], where the loss has elements. */
  readonly elements?: string
}

/**
 * Adds a loss and its gradient to a graph; their common parts are computed once.
 *
 * @param values - the graph's values for `logits` and `labels`; further inputs of the loss become inputs of the graph.
 */
export function appendLoss(
  graph: GraphBuilder,
  loss: Loss,
  precision: GraphPrecision,
  values: Readonly<Record<'logits' | 'labels' | (string & {}), string>>,
): LossValues {
  const program = lossProgram(loss)
  const expressions = [program.value, program.gradient, ...(program.elements ? [program.elements] : [])]
  const [value, dLogits, elements] = lower(expressions, new OnnxPrimitives(graph, precision, { ...values }))
  return { loss: value!, dLogits: dLogits!, ...(elements === undefined ? {} : { elements }) }
}

/** How to write a loss as a model. */
export interface LossModelOptions {
  /** Default `float32`. */
  readonly precision?: GraphPrecision
}

/**
 * A loss as an ONNX model that any runtime and execution provider runs.
 *
 * Inputs: `logits` and `labels` [batch_size, class_count], and the further inputs that the loss declares. Outputs: `loss`
 * (a scalar), `dLogits` [batch_size, class_count], and `elements` of the same shape where the loss has them. The sizes are
 * known at run time; labels are 1, 0, between, or −1 for unknown.
 *
 * @returns the content of an ONNX file, opset 17.
 */
export function lossModel(loss: Loss, { precision = 'float32' }: LossModelOptions = {}): Uint8Array {
  const graph = new GraphBuilder(loss.name)
  const { element } = precisions[precision]
  const shape = inputShape(ELEMENTS)
  const logits = graph.input('logits', element, shape)
  const labels = graph.input('labels', element, shape)
  for (const [name, extent] of Object.entries(loss.inputs)) graph.input(name, element, inputShape(extent))
  const declared = Object.fromEntries(Object.keys(loss.inputs).map((name) => [name, name]))
  const values = appendLoss(graph, loss, precision, { ...declared, logits, labels })
  graph.output('loss', graph.node('Reshape', [values.loss, graph.integers([])]), element, [])
  graph.output('dLogits', values.dLogits, element, shape)
  if (values.elements !== undefined) graph.output('elements', values.elements, element, shape)
  return graph.toBytes()
}
