import { ELEMENTS, type Loss, type OptimizerSettings } from '@dbloss/core'
import { declareLossInputs } from './loss-inputs.ts'
import { appendLoss } from './loss-model.ts'
import { GraphBuilder } from './onnx/index.ts'
import { appendOptimizer, momentsOf, type StateTensor } from './optimizer-graph.ts'
import { type GraphPrecision, precisions } from './precision.ts'
import { inputShape } from './primitives.ts'

/** The sizes of a linear head. */
export interface HeadSize {
  readonly featureCount: number
  readonly classCount: number
}

/** A training step as a model, with the tensors that go round through it. */
export interface HeadStepGraph {
  readonly model: Uint8Array
  /** Weights, bias and the moments of the optimizer. */
  readonly state: readonly StateTensor[]
}

/**
 * One training step of `logits = features · weights + bias` as one graph: forward, loss, backward and optimizer.
 *
 * Inputs: `features` [batch_size, F], `labels` [batch_size, C], further ones of the loss, the state, and the numbers of the
 * step; outputs: `loss`, `gradientNorm` and the state after the step.
 *
 * @param givesLogits - whether `logits` [batch_size, C], before the step, are an output too.
 */
export function headStepGraph(
  loss: Loss,
  { featureCount, classCount }: HeadSize,
  optimizer: OptimizerSettings,
  precision: GraphPrecision,
  givesLogits: boolean,
): HeadStepGraph {
  const graph = new GraphBuilder('head-step')
  const { element } = precisions[precision]
  const { features, weights, bias, logits } = appendHead(graph, { featureCount, classCount }, precision)
  const labels = graph.input('labels', element, inputShape(ELEMENTS))
  const further = declareLossInputs(graph, loss, precision)
  const { loss: value, dLogits } = appendLoss(graph, loss, precision, { ...further, logits, labels })
  const state = appendUpdate(
    graph,
    { features, weights, bias, dLogits },
    { featureCount, classCount },
    optimizer,
    precision,
  )
  graph.output('loss', graph.node('Reshape', [value, graph.integers([])]), element, [])
  if (givesLogits) graph.output('logits', logits, element, inputShape(ELEMENTS))
  return { model: graph.toBytes(), state }
}

/**
 * The part of a step behind the loss: inputs `features` [batch_size, F], `dLogits` [batch_size, C], the state, and the numbers
 * of the step; outputs: `gradientNorm` and the state after the step.
 */
export function headUpdateGraph(
  size: HeadSize,
  optimizer: OptimizerSettings,
  precision: GraphPrecision,
): HeadStepGraph {
  const graph = new GraphBuilder('head-update')
  const { element } = precisions[precision]
  const inputs = appendHeadInputs(graph, size, precision)
  const dLogits = graph.input('dLogits', element, inputShape(ELEMENTS))
  const state = appendUpdate(graph, { ...inputs, dLogits }, size, optimizer, precision)
  return { model: graph.toBytes(), state }
}

/** From the derivative of the loss with respect to the logits to the state after the step. */
function appendUpdate(
  graph: GraphBuilder,
  values: Readonly<Record<'features' | 'weights' | 'bias' | 'dLogits', string>>,
  { featureCount, classCount }: HeadSize,
  optimizer: OptimizerSettings,
  precision: GraphPrecision,
): StateTensor[] {
  const { features, weights, bias, dLogits } = values
  const biasGradient = graph.reduce('ReduceSum', dLogits, [0])
  const weightGradient = graph.node('Gemm', [features, dLogits], { transA: 1 })
  const { weightDecay = 0 } = optimizer
  const parameters = [
    { name: weights, value: weights, gradient: weightGradient, shape: [featureCount, classCount], weightDecay },
    { name: bias, value: bias, gradient: biasGradient, shape: [1, classCount], weightDecay: 0 },
  ]
  graph.output(
    'gradientNorm',
    appendOptimizer(graph, optimizer, precision, parameters),
    precisions[precision].element,
    [],
  )
  const trained = parameters.map(({ name, shape }) => ({ name, shape }))
  return [...trained, ...momentsOf(optimizer, trained)]
}

/** The head alone: `features`, `weights` and `bias` in, `logits` out. */
export function headForwardGraph(size: HeadSize, precision: GraphPrecision): Uint8Array {
  const graph = new GraphBuilder('head-forward')
  const { logits } = appendHead(graph, size, precision)
  graph.output('logits', logits, precisions[precision].element, ['batch_size', size.classCount])
  return graph.toBytes()
}

function appendHead(graph: GraphBuilder, size: HeadSize, precision: GraphPrecision) {
  const { features, weights, bias } = appendHeadInputs(graph, size, precision)
  return { features, weights, bias, logits: graph.node('Gemm', [features, weights, bias]) }
}

function appendHeadInputs(graph: GraphBuilder, { featureCount, classCount }: HeadSize, precision: GraphPrecision) {
  const { element } = precisions[precision]
  const features = graph.input('features', element, ['batch_size', featureCount])
  const weights = graph.input('weights', element, [featureCount, classCount])
  const bias = graph.input('bias', element, [1, classCount])
  return { features, weights, bias }
}
