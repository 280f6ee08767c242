import { checkBatch, checkNumber, DblossError, type Loss } from '@dbloss/core'
import { type FeedType, feedTypeOf } from '../differentiation/probe.ts'
import { sizesAt, type ValueShape } from '../differentiation/shapes.ts'
import type { Ort, OrtData, OrtTensor } from '../ort.ts'
import type { TrainingPlan } from './training-plan.ts'

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
}

/**
 * @throws DblossError as `checkBatch`, and `shape` when the labels have other columns than the model's logits.
 */
export function checkLabels(
  loss: Loss,
  labels: Float32Array | Float64Array,
  batchSize: number,
  classCount: number,
): void {
  // Zero logits of the right size: the model's own are not known yet, and the other checks are the same.
  const found = checkBatch(loss, { logits: new Float32Array(labels.length), labels, batchSize })
  if (found === classCount) return
  throw new DblossError('shape', `labels has ${found} columns but the model's logits have ${classCount}`, {
    argument: 'labels',
    found,
    expected: `${classCount} columns`,
  })
}

/**
 * The tensors for a model's inputs.
 *
 * @throws DblossError `argument` for inputs that are missing, unknown, of the wrong type or not finite, `shape` for wrong
 * sizes.
 */
export function inputTensors(ort: Ort, { graph, inputShapes }: TrainingPlan, { inputs, batchSize }: ModelInputs) {
  checkNumber('batchSize', batchSize, { integer: true, minimum: 1 })
  const unknown = Object.keys(inputs).find((name) => !Object.hasOwn(inputShapes, name))
  if (unknown !== undefined) {
    throw new DblossError(
      'argument',
      `inputs names '${unknown}'; the model has ${Object.keys(inputShapes).join(', ')}`,
      {
        argument: 'inputs',
        found: unknown,
        expected: Object.keys(inputShapes).join(', '),
      },
    )
  }
  const infos = graph.graph.input.filter(({ name }) => Object.hasOwn(inputShapes, name!))
  return Object.fromEntries(
    infos.map((info) => {
      const name = info.name!
      return [name, feedTensor(ort, `inputs.${name}`, feedTypeOf(info), inputs[name], inputShapes[name]!, batchSize)]
    }),
  )
}

/** A tensor from values that a caller gave. @throws DblossError `argument`, `shape`. */
export function feedTensor(
  ort: Ort,
  argument: string,
  { type, create }: FeedType,
  values: OrtData | undefined,
  shape: ValueShape,
  batchSize: number,
): OrtTensor {
  const dims = sizesAt(shape, batchSize)
  const length = dims.reduce((product, size) => product * size, 1)
  const empty = create(0)
  const isFloat = empty instanceof Float32Array || empty instanceof Float64Array
  const isOfType = values !== undefined && (isFloat ? isFloatArray(values) : values.constructor === empty.constructor)
  if (!isOfType) {
    const found = values === undefined ? 'missing' : values.constructor.name
    throw new DblossError('argument', `${argument} is ${found}; expected a ${empty.constructor.name}`, {
      argument,
      found,
      expected: empty.constructor.name,
    })
  }
  if (values.length !== length) {
    throw new DblossError('shape', `${argument} has ${values.length} values; expected [${dims.join(', ')}]`, {
      argument,
      found: values.length,
      expected: `${length} values`,
    })
  }
  if (!isFloatArray(values)) return new ort.Tensor(type, values, dims)
  const invalid = values.findIndex((value: number) => !Number.isFinite(value))
  if (invalid >= 0) {
    throw new DblossError('argument', `${argument}[${invalid}] is ${values[invalid]}; expected a finite number`, {
      argument,
      found: values[invalid],
      expected: 'finite numbers',
    })
  }
  return new ort.Tensor(type, type === 'float64' ? Float64Array.from(values) : Float32Array.from(values), dims)
}

function isFloatArray(values: OrtData): values is Float32Array | Float64Array {
  return values instanceof Float32Array || values instanceof Float64Array
}
