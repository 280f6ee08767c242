import { ELEMENTS, type Loss, type OptimizerSettings } from '@dbloss/core'
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
 * Inputs: `features` [batch_size, F], `labels` [batch_size, C], the state, and the numbers of the step; outputs: `loss`,
 * `gradientNorm` and the state after the step.
 */
export function headStepGraph(
  loss: Loss,
  { featureCount, classCount }: HeadSize,
  optimizer: OptimizerSettings,
  precision: GraphPrecision,
): HeadStepGraph {
  const graph = new GraphBuilder('head-step')
  const { element } = precisions[precision]
  const { features, weights, bias, logits } = appendHead(graph, { featureCount, classCount }, precision)
  const labels = graph.input('labels', element, inputShape(ELEMENTS))
  const { loss: value, dLogits } = appendLoss(graph, loss, precision, { logits, labels })

  const biasGradient = graph.reduce('ReduceSum', dLogits, [0])
  const weightGradient = graph.node('Gemm', [features, dLogits], { transA: 1 })
  const { weightDecay = 0 } = optimizer
  const parameters = [
    { name: weights, value: weights, gradient: weightGradient, shape: [featureCount, classCount], weightDecay },
    { name: bias, value: bias, gradient: biasGradient, shape: [1, classCount], weightDecay: 0 },
  ]
  const gradientNorm = appendOptimizer(graph, optimizer, precision, parameters)
  graph.output('loss', graph.node('Reshape', [value, graph.integers([])]), element, [])
  graph.output('gradientNorm', gradientNorm, element, [])
  const trained = parameters.map(({ name, shape }) => ({ name, shape }))
  return { model: graph.toBytes(), state: [...trained, ...momentsOf(optimizer, trained)] }
}

/** The head alone: `features`, `weights` and `bias` in, `logits` out. */
export function headForwardGraph(size: HeadSize, precision: GraphPrecision): Uint8Array {
  const graph = new GraphBuilder('head-forward')
  const { logits } = appendHead(graph, size, precision)
  graph.output('logits', logits, precisions[precision].element, ['batch_size', size.classCount])
  return graph.toBytes()
}

function appendHead(graph: GraphBuilder, { featureCount, classCount }: HeadSize, precision: GraphPrecision) {
  const { element } = precisions[precision]
  const features = graph.input('features', element, ['batch_size', featureCount])
  const weights = graph.input('weights', element, [featureCount, classCount])
  const bias = graph.input('bias', element, [1, classCount])
  return { features, weights, bias, logits: graph.node('Gemm', [features, weights, bias]) }
}
