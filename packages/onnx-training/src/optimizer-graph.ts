import type { OptimizerSettings } from '@dbloss/core'
import type { GraphBuilder } from './onnx/index.ts'
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
  /** Of AdamW: what m / (√v + stepEpsilon) is multiplied by, bias correction and learning rate included. */
  readonly stepSize: number
  /** Of AdamW: ε in the scale of the moments. */
  readonly stepEpsilon: number
}

/** The name under which a state tensor leaves the graph. */
export const nextName = (name: string): string => `${name}_next`

/**
 * The numbers to feed at step `step`, which counts from 1.
 *
 * The graph keeps AdamW's moments as plain decaying sums, `m ← β₁ m + g` and `v ← β₂ v + g²`, which takes fewer passes over
 * memory. The published step, with m̂ = (1 − β₁) m / (1 − β₁ᵗ) and v̂ = (1 − β₂) v / (1 − β₂ᵗ), is then
 *
 *     lr · m̂ / (√v̂ + ε) = stepSize · m / (√v + stepEpsilon)
 */
export function stepScalars(optimizer: OptimizerSettings, learningRate: number, step: number): StepScalars {
  if (optimizer.kind === 'sgd') return { learningRate, stepSize: learningRate, stepEpsilon: 0 }
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimizer
  const scaleOfSquares = Math.sqrt((1 - beta2) / (1 - beta2 ** step))
  return {
    learningRate,
    stepSize: (learningRate * (1 - beta1)) / (1 - beta1 ** step) / scaleOfSquares,
    stepEpsilon: epsilon / scaleOfSquares,
  }
}

/** The moments that an optimizer keeps of some parameters, all 0 at the start. */
export function momentsOf(optimizer: OptimizerSettings, parameters: readonly StateTensor[]): StateTensor[] {
  const hasMomentum = optimizer.kind === 'sgd' && (optimizer.momentum ?? 0) > 0
  const suffixes = optimizer.kind === 'adamW' ? ['_m', '_v'] : hasMomentum ? ['_u'] : []
  return parameters.flatMap(({ name, shape }) => suffixes.map((suffix) => ({ name: `${name}${suffix}`, shape })))
}

/**
 * Adds one step of an optimizer to a graph: clipping by the global norm, then the update of every parameter. Declares the
 * inputs of {@link StepScalars} that it needs and {@link momentsOf}, and an output `…_next` for each state tensor.
 *
 * @returns the global norm of the gradient before clipping, a scalar.
 */
export function appendOptimizer(
  graph: GraphBuilder,
  optimizer: OptimizerSettings,
  precision: GraphPrecision,
  parameters: readonly TrainedParameter[],
): string {
  const { element } = precisions[precision]
  const number = (value: number): string => graph.constant(toPrecision([value], precision), [])
  const node = (operator: string, ...inputs: string[]): string => graph.node(operator, inputs)
  const scalars = new Map<keyof StepScalars, string>()
  const scalar = (name: keyof StepScalars): string => {
    if (!scalars.has(name)) scalars.set(name, graph.input(name, element, []))
    return scalars.get(name)!
  }
  const scaled = (name: keyof StepScalars, factor: number): string =>
    factor === 1 ? scalar(name) : node('Mul', scalar(name), number(factor))
  /** `decay · moment + sample`, which is also the moment after the step. */
  const decayingSum = (name: string, shape: readonly number[], decay: number, sample: string): string => {
    const decayed = node('Mul', graph.input(name, element, shape), number(decay))
    return graph.result(nextName(name), 'Add', [decayed, sample], element, shape)
  }

  const gradientNorm = globalNorm(
    graph,
    parameters.map(({ gradient, shape }) => ({ value: gradient, shape })),
  )
  /** min(1, clipNorm / norm); the smallest norm only guards the division. */
  const clipFactor =
    optimizer.clipNorm === undefined
      ? undefined
      : node('Min', node('Div', number(optimizer.clipNorm), node('Max', gradientNorm, number(1e-30))), number(1))

  for (const { name, value, gradient: raw, shape, weightDecay, learningRateScale = 1 } of parameters) {
    const gradient = clipFactor === undefined ? raw : node('Mul', raw, clipFactor)
    let step: string
    if (optimizer.kind === 'adamW') {
      const { beta1 = 0.9, beta2 = 0.999 } = optimizer
      const first = decayingSum(`${name}_m`, shape, beta1, gradient)
      const second = decayingSum(`${name}_v`, shape, beta2, node('Mul', gradient, gradient))
      const direction = node('Div', first, node('Add', node('Sqrt', second), scalar('stepEpsilon')))
      step = node('Mul', direction, scaled('stepSize', learningRateScale))
    } else {
      const { momentum = 0 } = optimizer
      const direction = momentum > 0 ? decayingSum(`${name}_u`, shape, momentum, gradient) : gradient
      step = node('Mul', direction, scaled('learningRate', learningRateScale))
    }
    // Decoupled from the gradient: W ← (1 − lr · weightDecay) W − step.
    const kept =
      weightDecay === 0
        ? value
        : node('Mul', value, node('Sub', number(1), scaled('learningRate', learningRateScale * weightDecay)))
    graph.result(nextName(name), 'Sub', [kept, step], element, shape)
  }
  return gradientNorm
}

/** The norm of all numbers of some tensors, a scalar. */
export function globalNorm(
  graph: GraphBuilder,
  tensors: readonly { readonly value: string; readonly shape: readonly number[] }[],
): string {
  const squares = tensors.map(({ value, shape }) => {
    const axes = shape.map((_, axis) => axis)
    return graph.reduce('ReduceSumSquare', value, axes, { keepDimensions: false })
  })
  return graph.node('Sqrt', [squares.reduce((total, square) => graph.node('Add', [total, square]))])
}
