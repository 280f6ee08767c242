import type { Loss } from '@dbloss/core'
import { ELEMENTS } from '@dbloss/core'
import { appendGradients } from '../differentiation/differentiate.ts'
import { GradientNodes } from '../differentiation/gradient-nodes.ts'
import { feedTypes } from '../feed-types.ts'
import { declareLossInputs } from '../loss-inputs.ts'
import { appendLoss } from '../loss-model.ts'
import { type ElementTypeName, GraphBuilder } from '../onnx/index.ts'
import type { OrtElementType } from '../ort.ts'
import { precisions } from '../precision.ts'
import { inputShape } from '../primitives.ts'
import { constantsOf, type Segment } from './segments.ts'
import { elementTypeOf, frozenValuesOf, type TrainingPlan } from './training-plan.ts'
import { appendUpdate, gradientName, type UpdateOptions } from './update-graph.ts'

/** The names of what graphs take and give beside the model's own values. */
export const LABELS = 'dbloss/labels'
export const LOSS = 'dbloss/loss'
export const LOGITS = 'dbloss/logits'
export const CARRIED_GRADIENT = 'dbloss/carried-gradient'

/** The loss of a training, and what its graphs tell of it. */
export interface GraphLoss {
  readonly loss: Loss
  /** Whether the logits are an output too. */
  readonly givesLogits: boolean
}

/** The frozen part: the model's inputs in, the values that the trained part reads out. */
export function frozenGraph(plan: TrainingPlan): Uint8Array {
  const { computed } = frozenValuesOf(plan)
  const builder = GraphBuilder.like('frozen', plan.graph.model)
  builder.adoptPart(plan.graph, plan.graph.nodesBehind(computed))
  for (const value of computed) builder.expose(value)
  return builder.toBytes()
}

/** A stretch of the trained part, forward: what it reads in, the value that it hands on out. */
export function forwardGraph(plan: TrainingPlan, segment: Segment): Uint8Array {
  const builder = beginSegment('forward', plan, segment)
  builder.expose(segment.carriedOut)
  return builder.toBytes()
}

/**
 * A stretch of the trained part with its gradient. The last one takes labels and inputs of the loss and gives the loss; the others take the
 * gradient with respect to what they hand on. Each gives the gradients with respect to its weights and to what was handed
 * to it.
 */
export function gradientGraph(plan: TrainingPlan, segment: Segment, loss: GraphLoss): Uint8Array {
  const { element } = precisions[plan.precision]
  const builder = beginSegment('gradient', plan, segment)
  for (const [name, gradient] of appendBackward(builder, plan, segment, loss)) {
    builder.output(gradientName(name), gradient, element)
  }
  return builder.toBytes()
}

/**
 * A whole step in one graph, for a trained part of one stretch: the state after the step, its norms and the loss out. The
 * optimizer works where the activations were, and gradients never leave the runtime.
 */
export function stepGraph(plan: TrainingPlan, loss: GraphLoss, update: UpdateOptions): Uint8Array {
  const [segment] = plan.segments
  const builder = beginSegment('step', plan, segment!)
  const gradients = appendBackward(builder, plan, segment!, loss)
  appendUpdate(builder, update, (initializer) => gradients.get(initializer)!)
  return builder.toBytes()
}

/** @returns the gradients by what they belong to. */
function appendBackward(
  builder: GraphBuilder,
  { precision, probed, output }: TrainingPlan,
  segment: Segment,
  { loss, givesLogits }: GraphLoss,
): ReadonlyMap<string, string> {
  const { element } = precisions[precision]
  let seed: string
  if (segment.carriedOut === output) {
    const labels = builder.input(LABELS, element, inputShape(ELEMENTS))
    const further = declareLossInputs(builder, loss, precision)
    const values = appendLoss(builder, loss, precision, { ...further, logits: output, labels })
    builder.output(LOSS, builder.node('Reshape', [values.loss, builder.integers([])]), element, [])
    if (givesLogits) builder.output(LOGITS, output, element)
    seed = values.dLogits
  } else seed = builder.input(CARRIED_GRADIENT, element)
  const by = [...segment.parameters, ...(segment.carriedIn === undefined ? [] : [segment.carriedIn])]
  return appendGradients(
    new GradientNodes(builder, precision),
    { nodes: segment.nodes, values: probed.values },
    { [segment.carriedOut]: seed },
    by,
  )
}

function beginSegment(name: string, plan: TrainingPlan, segment: Segment): GraphBuilder {
  const builder = GraphBuilder.like(name, plan.graph.model)
  const shapes = new Map(plan.trained.map(({ initializer, shape }) => [initializer, shape]))
  const carried = segment.carriedIn === undefined ? [] : [segment.carriedIn]
  for (const value of [...carried, ...segment.frozen, ...segment.parameters]) {
    builder.input(value, elementNames[elementTypeOf(plan, value)], shapes.get(value))
  }
  const given = new Set([...carried, ...segment.frozen, ...segment.parameters])
  builder.adoptPart(plan.graph, [...constantsOf(plan.graph, plan.part, segment), ...segment.nodes], (value) =>
    given.has(value),
  )
  return builder
}

const elementNames = Object.fromEntries(Object.entries(feedTypes).map(([name, { type }]) => [type, name])) as Readonly<
  Record<OrtElementType, ElementTypeName>
>
