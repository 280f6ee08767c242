import type { OptimizerSettings } from '@dbloss/core'
import { GraphBuilder } from '../onnx/index.ts'
import { appendOptimizer, globalNorm, nextName, type StateTensor } from '../optimizer-graph.ts'
import { type GraphPrecision, precisions, toPrecision } from '../precision.ts'
import type { ModelParameter } from './parameters.ts'
import { gradientName } from './training-graphs.ts'

/** A weight with its own settings of the optimizer. */
export interface UpdatedParameter extends ModelParameter {
  readonly weightDecay: number
  readonly learningRateScale: number
}

/** What one step of the optimizer is written from. */
export interface UpdateOptions {
  readonly optimizer: OptimizerSettings
  readonly precision: GraphPrecision
  readonly parameters: readonly UpdatedParameter[]
  /** The decay of the moving average of the weights; none without. */
  readonly averageDecay: number | undefined
}

/** The optimizer's step as a model, with the tensors that go round through it. */
export interface UpdateGraph {
  readonly model: Uint8Array
  /** Weights, moments and averages. */
  readonly state: readonly StateTensor[]
}

/** The name of the moving average of a weight. */
export const averageName = (parameter: string): string => `${parameter}_average`

/**
 * One step of the optimizer as a graph of its own: weights, moments and gradients in; the same state after the step, the
 * gradient's norm and that of the new weights out. With averaging also `average ← decay · average + (1 − decay) · weight`.
 */
export function updateGraph({ optimizer, precision, parameters, averageDecay }: UpdateOptions): UpdateGraph {
  const { element } = precisions[precision]
  const graph = new GraphBuilder('update')
  const trained = parameters.map(({ initializer, shape, ...settings }) => ({
    ...settings,
    shape,
    name: initializer,
    value: graph.input(initializer, element, shape),
    gradient: graph.input(gradientName(initializer), element, shape),
  }))
  const { moments, gradientNorm } = appendOptimizer(graph, optimizer, precision, trained)
  graph.output('gradientNorm', gradientNorm, element, [])
  const weights = trained.map(({ name, shape }) => ({ name, shape }))
  const next = weights.map(({ name, shape }) => ({ value: nextName(name), shape }))
  graph.output('weightNorm', globalNorm(graph, next), element, [])
  if (averageDecay === undefined) return { model: graph.toBytes(), state: [...weights, ...moments] }

  const number = (value: number): string => graph.constant(toPrecision([value], precision), [])
  const averages = weights.map(({ name, shape }) => {
    const average = averageName(name)
    const kept = graph.node('Mul', [graph.input(average, element, shape), number(averageDecay)])
    const added = graph.node('Mul', [nextName(name), number(1 - averageDecay)])
    graph.result(nextName(average), 'Add', [kept, added], element, shape)
    return { name: average, shape }
  })
  return { model: graph.toBytes(), state: [...weights, ...moments, ...averages] }
}

/** Adds weighted gradients: `total/… ← total/… + weight · gradient/…`. */
export function accumulationGraph(parameters: readonly ModelParameter[], precision: GraphPrecision): Uint8Array {
  const { element } = precisions[precision]
  const graph = new GraphBuilder('accumulation')
  const weight = graph.input('weight', element, [])
  for (const { initializer, shape } of parameters) {
    const name = gradientName(initializer)
    const weighted = graph.node('Mul', [graph.input(name, element, shape), weight])
    const total = graph.input(totalName(name), element, shape)
    graph.result(nextName(totalName(name)), 'Add', [total, weighted], element, shape)
  }
  return graph.toBytes()
}

/** The name of a sum of gradients. */
export const totalName = (gradient: string): string => `total/${gradient}`
