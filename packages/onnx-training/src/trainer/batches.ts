import { checkNumber, DblossError } from '@dbloss/core'
import { sizesAt, type ValueShape } from '../differentiation/shapes.ts'
import { elementCount } from '../element-count.ts'
import { type FeedType, feedTypeOf, feedTypes } from '../feed-types.ts'
import { firstNotFinite } from '../first-not-finite.ts'
import type { LossInputs } from '../loss-inputs.ts'
import type { Ort, OrtData, OrtTensor } from '../ort.ts'
import { type GraphPrecision, toPrecision } from '../precision.ts'
import type { StepBatch, StepInputs } from '../step-inputs.ts'
import { elementTypeOf, frozenValuesOf, type TrainingPlan } from './training-plan.ts'

/** Values for a model's inputs by their names, each row-major with the batch first. */
export interface ModelInputs {
  readonly inputs: Readonly<Record<string, OrtData>>
  readonly batchSize: number
}

/** What the frozen part of a model computes for some samples, row-major with the batch first; made by `precompute`. */
export interface FrozenActivations {
  readonly activations: Readonly<Record<string, OrtData>>
  readonly batchSize: number
}

/** Samples for a step: inputs of the model or what its frozen part made of them, and labels. */
export type TrainingBatch = (ModelInputs | FrozenActivations) & {
  /** Row-major [batchSize, classCount]: 1, 0, between, or −1 for unknown. */
  readonly labels: Float32Array | Float64Array
  /**
   * Further inputs that the loss declares, each of its extent, as the logits of a teacher [batchSize, classCount]. Those that
   * are not given come from the loss's source, where it has one.
   */
  readonly lossInputs?: LossInputs | undefined
}

/**
 * @throws DblossError as `StepInputs.check`, and `shape` when the labels have other columns than the model's logits.
 */
export function checkTargets(inputs: StepInputs, batch: StepBatch, classCount: number): void {
  const found = inputs.check(batch)
  if (found === classCount) return
  throw new DblossError('shape', `labels has ${found} columns but the model's logits have ${classCount}`, {
    argument: 'labels',
    found,
    expected: `${classCount} columns`,
  })
}

/** A value that a caller gives for an input of the model, or for what its frozen part gives. */
interface Feed {
  readonly name: string
  /** How messages name it. */
  readonly argument: string
  readonly feedType: FeedType
  readonly shape: ValueShape
  readonly values: OrtData | undefined
}

/**
 * @throws DblossError `argument` for values that are missing, unknown, of the wrong type or not finite, `shape` for wrong
 * sizes.
 */
export function checkSamples(plan: TrainingPlan, samples: ModelInputs | FrozenActivations): void {
  checkNumber('batchSize', samples.batchSize, { integer: true, minimum: 1 })
  for (const feed of feedsOf(plan, samples)) checkFeed(feed, samples.batchSize)
}

/** The tensors for samples that {@link checkSamples} has let pass, by the names of their values. */
export function sampleTensors(
  ort: Ort,
  plan: TrainingPlan,
  samples: ModelInputs | FrozenActivations,
): Readonly<Record<string, OrtTensor>> {
  return Object.fromEntries(
    feedsOf(plan, samples).map(({ name, feedType: { type }, shape, values }) => {
      const data = isFloatArray(values!) ? toPrecision(values, type as GraphPrecision) : values!
      return [name, new ort.Tensor(type, data, sizesAt(shape, samples.batchSize))]
    }),
  )
}

function feedsOf(plan: TrainingPlan, samples: ModelInputs | FrozenActivations): Feed[] {
  return 'activations' in samples ? activationFeeds(plan, samples) : inputFeeds(plan, samples)
}

function inputFeeds({ graph, inputShapes }: TrainingPlan, { inputs }: ModelInputs): Feed[] {
  const known = Object.keys(inputShapes)
  const unknown = Object.keys(inputs).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new DblossError('argument', `inputs names '${unknown}'; the model has ${known.join(', ')}`, {
      argument: 'inputs',
      found: unknown,
      expected: known.join(', '),
    })
  }
  const infos = graph.graph.input.filter(({ name }) => known.includes(name!))
  return infos.map((info) => {
    const name = info.name!
    const shape = inputShapes[name]!
    return { name, argument: `inputs.${name}`, feedType: feedTypeOf(info), shape, values: inputs[name] }
  })
}

function activationFeeds(plan: TrainingPlan, { activations }: FrozenActivations): Feed[] {
  const { given, computed } = frozenValuesOf(plan)
  return [...given, ...computed].map((name) => {
    const elementType = elementTypeOf(plan, name)
    const feedType = Object.values(feedTypes).find(({ type }) => type === elementType)!
    const shape = plan.probed.values.shape(name)
    return { name, argument: `activations['${name}']`, feedType, shape, values: activations[name] }
  })
}

function checkFeed({ argument, feedType: { create }, shape, values }: Feed, batchSize: number): void {
  const empty = create(0)
  const isOfType = values !== undefined && (isFloatArray(empty) ? isFloatArray(values) : isSameArray(values, empty))
  if (!isOfType) {
    const found = values === undefined ? 'missing' : values.constructor.name
    throw new DblossError('argument', `${argument} is ${found}; expected a ${empty.constructor.name}`, {
      argument,
      found,
      expected: empty.constructor.name,
    })
  }
  const dims = sizesAt(shape, batchSize)
  const length = elementCount(dims)
  if (values.length !== length) {
    throw new DblossError('shape', `${argument} has ${values.length} values; expected [${dims.join(', ')}]`, {
      argument,
      found: values.length,
      expected: `${length} values`,
    })
  }
  if (!isFloatArray(values)) return
  const invalid = firstNotFinite(values)
  if (invalid >= 0) {
    throw new DblossError('argument', `${argument}[${invalid}] is ${values[invalid]}; expected a finite number`, {
      argument,
      found: values[invalid],
      expected: 'finite numbers',
    })
  }
}

function isFloatArray(values: OrtData): values is Float32Array | Float64Array {
  return values instanceof Float32Array || values instanceof Float64Array
}

function isSameArray(left: OrtData, right: OrtData): boolean {
  return left.constructor === right.constructor
}
