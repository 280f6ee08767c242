import type { OptimizerSettings } from '@dbloss/core'
import { GraphBuilder } from '../onnx/index.ts'
import { appendOptimizer, globalNorm, momentsOf, nextName, type StateTensor } from '../optimizer-graph.ts'
import { type GraphPrecision, precisions, toPrecision } from '../precision.ts'
import type { ModelParameter } from './parameters.ts'

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

/** The name of the gradient of a weight, or of a value that one stretch hands on to the next. */
export const gradientName = (value: string): string => `dbloss/gradient/${value}`

/** The name of the moving average of a weight. */
export const averageName = (parameter: string): string => `${parameter}_average`

/** The norms that a step reports: of the gradient before clipping, and of the new weights. */
export const NORMS = ['gradientNorm', 'weightNorm'] as const

/** One step of the optimizer as a graph of its own: the state and gradients in, the state after the step and its norms out. */
export function updateGraph(options: UpdateOptions): Uint8Array {
  const graph = new GraphBuilder('update')
  const { element } = precisions[options.precision]
  for (const { initializer, shape } of options.parameters) {
    for (const name of [initializer, gradientName(initializer)]) graph.input(name, element, shape)
  }
  appendUpdate(graph, options, gradientName)
  return graph.toBytes()
}

/**
 * Adds one step of the optimizer to a graph that has the weights as inputs: moments in; weights and moments after the step,
 * the gradient's norm and that of the new weights out. With averaging also `average ← decay · average + (1 − decay) · weight`.
 *
 * @param gradientOf - the value of the gradient of an initializer.
 */
export function appendUpdate(
  graph: GraphBuilder,
  { optimizer, precision, parameters, averageDecay }: UpdateOptions,
  gradientOf: (initializer: string) => string,
): void {
  const { element } = precisions[precision]
  const trained = parameters.map(({ initializer, name: _readable, ...settings }) => ({
    ...settings,
    name: initializer,
    value: initializer,
    gradient: gradientOf(initializer),
  }))
  const gradientNorm = appendOptimizer(graph, optimizer, precision, trained)
  const next = trained.map(({ name, shape }) => ({ value: nextName(name), shape }))
  graph.output('gradientNorm', gradientNorm, element, [])
  graph.output('weightNorm', globalNorm(graph, next), element, [])
  if (averageDecay === undefined) return
  const number = (value: number): string => graph.constant(toPrecision([value], precision), [])
  for (const { name, shape } of trained) {
    const average = averageName(name)
    const kept = graph.node('Mul', [graph.input(average, element, shape), number(averageDecay)])
    const added = graph.node('Mul', [nextName(name), number(1 - averageDecay)])
    graph.result(nextName(average), 'Add', [kept, added], element, shape)
  }
}

/** The weights, by the names under which they go round. */
export function weightsOf({ parameters }: UpdateOptions): StateTensor[] {
  return parameters.map(({ initializer, shape }) => ({ name: initializer, shape }))
}

/** The tensors that go round through the steps: weights, moments of the optimizer and averages. */
export function stateOf(options: UpdateOptions): StateTensor[] {
  const { optimizer, averageDecay } = options
  const weights = weightsOf(options)
  const averages = weights.map(({ name, shape }) => ({ name: averageName(name), shape }))
  return [...weights, ...momentsOf(optimizer, weights), ...(averageDecay === undefined ? [] : averages)]
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
