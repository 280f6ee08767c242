import { DblossError } from '../errors.ts'
import type { LabelStatistics } from '../labels/index.ts'
import type { Loss, Reduction } from '../loss.ts'
import { asymmetricRegistry } from './asymmetric/registry.ts'
import { compositionRegistry } from './composition/registry.ts'
import { detectionRegistry } from './detection/registry.ts'
import { distributionBalancedRegistry } from './distribution-balanced-registry.ts'
import { incrementalRegistry } from './incremental/registry.ts'
import { logisticTargetsRegistry } from './logistic-targets/registry.ts'
import { logitAdjustmentRegistry } from './logit-adjustment/registry.ts'
import { marginRegistry } from './margin/registry.ts'
import { missingLabelsRegistry } from './missing-labels/registry.ts'
import { pairwiseRegistry } from './pairwise/registry.ts'
import type { LossRegistry } from './registry.ts'
import { sampledClassesRegistry } from './sampled-classes/registry.ts'

/** A loss as plain JSON, to be kept beside a model that was trained with it. */
export interface LossRecord {
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly reduction: Reduction
  /** Without the label sets: the parameters hold all that was derived from them. */
  readonly statistics?: LabelStatistics
}

/** Makes a loss of one's own from its record. */
export type LossFactory = (record: LossRecord) => Loss

/** The groups of losses; a function, so that bundles without records are spared the losses. */
const registries = (): readonly LossRegistry[] => [
  distributionBalancedRegistry,
  compositionRegistry,
  logitAdjustmentRegistry,
  pairwiseRegistry,
  marginRegistry,
  detectionRegistry,
  missingLabelsRegistry,
  sampledClassesRegistry,
  asymmetricRegistry,
  logisticTargetsRegistry,
  incrementalRegistry,
]

/** The losses that are made with statistics, or those that are made without, by name. */
function restorers<Kind extends 'withStatistics' | 'withoutStatistics'>(
  kind: Kind,
): Readonly<Record<string, LossRegistry[Kind][string]>> {
  return Object.assign({}, ...registries().map((registry) => registry[kind]))
}

/** The record of a loss, from which {@link restoreLoss} makes the same loss again. */
export function lossRecord({ name, parameters, reduction, statistics }: Loss): LossRecord {
  const { labelSets: _, ...counts } = statistics ?? { labelSets: undefined }
  return {
    name,
    parameters: Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, plain(value)])),
    reduction,
    ...(statistics === undefined ? {} : { statistics: counts as LabelStatistics }),
  }
}

/** Typed arrays as lists, which JSON keeps. */
function plain(value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float64Array) : value
}

/**
 * The loss that a record describes, number for number.
 *
 * @param factories - how to make losses of one's own (`defineLoss`) again, by name.
 * @throws DblossError `argument` for a name that is neither a loss of the family nor among the factories, and for a record
 * without the statistics that its loss needs; otherwise as the loss itself.
 *
 * @example
 * const again = restoreLoss(JSON.parse(JSON.stringify(lossRecord(loss))))
 */
export function restoreLoss(record: LossRecord, factories: Readonly<Record<string, LossFactory>> = {}): Loss {
  const { name, parameters, reduction, statistics } = record
  const factory = own(factories, name)
  if (factory !== undefined) return factory(record)
  const options = { ...parameters, reduction } as never
  const [simply, fromStatistics] = [restorers('withoutStatistics'), restorers('withStatistics')]
  const simple = own(simply, name)
  if (simple !== undefined) return simple(options)
  const restore = own(fromStatistics, name)
  if (restore === undefined) {
    const expected = [...Object.keys(simply), ...Object.keys(fromStatistics), ...Object.keys(factories)]
    throw new DblossError('argument', `there is no way to make the loss '${name}' again; pass a factory of that name`, {
      argument: 'record',
      found: name,
      expected: expected.join(' | '),
    })
  }
  if (statistics === undefined) {
    throw new DblossError('argument', `the record of '${name}' holds no statistics`, {
      argument: 'record',
      found: 'no statistics',
      expected: 'the statistics that the loss was made from',
    })
  }
  return restore(options, statistics)
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
