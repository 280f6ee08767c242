import { checkNumber } from '../../check-number.ts'
import { multiply } from '../../formula/build.ts'
import type { Condition, Expression } from '../../formula/nodes.ts'
import type { LabelStatistics } from '../../labels/index.ts'
import { type ClassBalancedMode, classBalancedWeights } from '../class-balanced-weights.ts'
import { inverseFrequencyWeights } from '../inverse-frequency.ts'
import { type RebalancedOptions, rebalancedWeights, resolveRebalancing } from '../rebalanced-weights.ts'
import { normalizeWeights, type WeightNormalization } from '../weight-normalization.ts'
import { checkPart, unknownKind } from './unknown-kind.ts'

/** Weights that depend on the class alone, and not on the labels of a batch. */
export type ClassWeightsPart =
  | {
      readonly kind: 'class-balanced'
      /** β of the effective number of samples, in [0, 1). Default 0.9. */
      readonly beta?: number
      readonly mode?: 'by-class'
    }
  | { readonly kind: 'inverse-frequency' /** Of N/n. Default 1. */; readonly exponent?: number }

/** Weights of the elements. Several are multiplied. */
export type WeightsPart =
  | ClassWeightsPart
  | ({ readonly kind: 'rebalanced' } & RebalancedOptions)
  | {
      readonly kind: 'class-balanced'
      /** β of the effective number of samples, in [0, 1). Default 0.9. */
      readonly beta?: number
      /** Default `by-class`. */
      readonly mode?: ClassBalancedMode
    }
  | {
      readonly kind: 'normalized'
      /** What the weights are divided by the maximum of. */
      readonly by: Exclude<WeightNormalization, 'none'>
      readonly weights: readonly WeightsPart[]
    }

/** A part with its defaults filled in, and the weights that it stands for. */
export interface ResolvedWeights {
  readonly part: WeightsPart
  /** Whether the weights are read off the labels of the batch, which a loss for missing labels must not do. */
  readonly readsLabels: boolean
  readonly weightsOf: (labels: Expression, isUnknown: Condition) => Expression
}

/**
 * @throws DblossError `argument` for an unknown kind and for numbers out of range, `statistics` when a class has no positive
 * sample, or μ is `auto` without label sets.
 */
export function resolveWeights(part: WeightsPart, statistics: LabelStatistics): ResolvedWeights {
  checkPart('weights', part)
  switch (part.kind) {
    case 'rebalanced': {
      const rebalancing = resolveRebalancing(statistics, part)
      return {
        part: { kind: 'rebalanced', ...rebalancing },
        readsLabels: true,
        weightsOf: (labels) => rebalancedWeights(labels, statistics, rebalancing),
      }
    }
    case 'class-balanced': {
      const { beta = 0.9, mode = 'by-class' } = part
      return {
        part: { kind: 'class-balanced', beta, mode },
        readsLabels: mode !== 'by-class',
        weightsOf: (labels) => classBalancedWeights(labels, statistics, { beta, mode }),
      }
    }
    case 'inverse-frequency': {
      const { exponent = 1 } = part
      checkNumber('exponent', exponent, { minimum: 0 })
      const weights = inverseFrequencyWeights(statistics, exponent)
      return { part: { kind: 'inverse-frequency', exponent }, readsLabels: false, weightsOf: () => weights }
    }
    case 'normalized': {
      const { by } = part
      if (by !== 'instance' && by !== 'batch') throw unknownKind('by', { kind: by }, ['instance', 'batch'])
      const inner = listOfWeights(part.weights).map((weights) => resolveWeights(weights, statistics))
      return {
        part: { kind: 'normalized', by, weights: inner.map((weights) => weights.part) },
        readsLabels: true,
        weightsOf: (labels, isUnknown) => normalizeWeights(product(inner, labels, isUnknown), by, isUnknown),
      }
    }
    default:
      throw unknownKind('weights', part, ['rebalanced', 'class-balanced', 'inverse-frequency', 'normalized'])
  }
}

/** One part or several as a list; none for what is left out. */
export function listOfWeights(weights: WeightsPart | readonly WeightsPart[] | undefined): readonly WeightsPart[] {
  if (weights === undefined) return []
  return isList(weights) ? weights : [weights]
}

const isList = (weights: WeightsPart | readonly WeightsPart[]): weights is readonly WeightsPart[] =>
  Array.isArray(weights)

/** The product of weights; 1 without any. */
export function product(parts: readonly ResolvedWeights[], labels: Expression, isUnknown: Condition): Expression {
  const [first = multiply(1), ...rest] = parts.map(({ weightsOf }) => weightsOf(labels, isUnknown))
  return multiply(first, ...rest)
}
