import type { OptimizerSettings } from '@dbloss/core'
import type { Dimension, GraphBuilder } from './onnx/index.ts'
import { type GraphPrecision, precisions, toPrecision } from './precision.ts'

/** A parameter of a training graph with its gradient. */
export interface TrainedParameter {
  readonly name: string
  readonly value: string
  readonly gradient: string
  readonly shape: readonly number[]
  /** The decoupled weight decay of this parameter. */
  readonly weightDecay: number
  /** How many times the learning rate of the step this one takes. Default 1. */
  readonly learningRateScale?: number
}

/** A tensor that goes into a step and comes out of it changed: a parameter or a moment of the optimizer. */
export interface StateTensor {
  readonly name: string
  readonly shape: readonly number[]
}

/** What a step feeds beside the batch: numbers that the host computes in float64. */
export interface StepScalars {
  readonly learningRate: number
  /** 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ); 1 for optimizers without bias correction. */
  readonly correction1: number
  readonly correction2: number
}

/** The name under which a state tensor leaves the graph. */
export const nextName = (name: string): string => `${name}_next`

/** The numbers to feed at step `step`, which counts from 1. */
export function stepScalars(optimizer: OptimizerSettings, learningRate: number, step: number): StepScalars {
  if (optimizer.kind === 'sgd') return { learningRate, correction1: 1, correction2: 1 }
  const { beta1 = 0.9, beta2 = 0.999 } = optimizer
  return { learningRate, correction1: 1 / (1 - beta1 ** step), correction2: 1 / (1 - beta2 ** step) }
}

/**
 * Adds one step of an optimizer to a graph: clipping by the global norm, then the update of every parameter. Declares the
 * inputs `learningRate`, `correction1`, `correction2` and the moments, and an output `…_next` for each state tensor.
 *
 * @returns the moments, all 0 at the start, and the global norm of the gradient before clipping, a scalar.
 */
export function appendOptimizer(
  graph: GraphBuilder,
  optimizer: OptimizerSettings,
  precision: GraphPrecision,
  parameters: readonly TrainedParameter[],
): { readonly moments: readonly StateTensor[]; readonly gradientNorm: string } {
  const { element } = precisions[precision]
  const number = (value: number): string => graph.constant(toPrecision([value], precision), [])
  const node = (operator: string, ...inputs: string[]): string => graph.node(operator, inputs)
  const scalar = (name: keyof StepScalars): string => graph.input(name, element, [])
  const moments: StateTensor[] = []
  const declareMoment = (name: string, shape: readonly number[]): string => {
    moments.push({ name, shape })
    return graph.input(name, element, shape)
  }
  const emit = (name: string, value: string, shape: readonly Dimension[]): void =>
    graph.output(nextName(name), value, element, shape)

  const squares = parameters.map(({ gradient }) =>
    graph.node('ReduceSum', [node('Mul', gradient, gradient)], { keepdims: 0 }),
  )
  const gradientNorm = node(
    'Sqrt',
    squares.reduce((total, square) => node('Add', total, square)),
  )
  const learningRate = scalar('learningRate')
  const corrections = optimizer.kind === 'adamW' ? ([scalar('correction1'), scalar('correction2')] as const) : undefined

  /** min(1, clipNorm / norm); the smallest norm only guards the division. */
  const clipFactor =
    optimizer.clipNorm === undefined
      ? undefined
      : node('Min', node('Div', number(optimizer.clipNorm), node('Max', gradientNorm, number(1e-30))), number(1))

  for (const { name, value, gradient: raw, shape, weightDecay, learningRateScale = 1 } of parameters) {
    const gradient = clipFactor === undefined ? raw : node('Mul', raw, clipFactor)
    let direction: string
    if (optimizer.kind === 'adamW') {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimizer
      const average = (previous: string, sample: string, beta: number): string =>
        node('Add', node('Mul', previous, number(beta)), node('Mul', sample, number(1 - beta)))
      const first = average(declareMoment(`${name}_m`, shape), gradient, beta1)
      const second = average(declareMoment(`${name}_v`, shape), node('Mul', gradient, gradient), beta2)
      emit(`${name}_m`, first, shape)
      emit(`${name}_v`, second, shape)
      const scale = node('Add', node('Sqrt', node('Mul', second, corrections![1])), number(epsilon))
      direction = node('Div', node('Mul', first, corrections![0]), scale)
    } else if ((optimizer.momentum ?? 0) > 0) {
      const momentum = declareMoment(`${name}_u`, shape)
      direction = node('Add', node('Mul', momentum, number(optimizer.momentum!)), gradient)
      emit(`${name}_u`, direction, shape)
    } else {
      direction = gradient
    }
    const total = weightDecay === 0 ? direction : node('Add', direction, node('Mul', value, number(weightDecay)))
    const rate = learningRateScale === 1 ? learningRate : node('Mul', learningRate, number(learningRateScale))
    emit(name, node('Sub', value, node('Mul', total, rate)), shape)
  }
  return { moments, gradientNorm }
}
