import { defineLoss } from '../../define-loss.ts'
import { DblossError } from '../../errors.ts'
import { multiply } from '../../formula/build.ts'
import type { LabelStatistics } from '../../labels/index.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { type LogitsPart, resolveLogits } from './logits-part.ts'
import { type MissingLabelsPart, resolveLabels } from './missing-labels-part.ts'
import { resolveSides, type SidesPart } from './sides-part.ts'
import {
  type ClassWeightsPart,
  listOfWeights,
  product,
  type ResolvedWeights,
  resolveWeights,
  type WeightsPart,
} from './weights-part.ts'

interface AnyParts {
  /** Default: binary cross-entropy. */
  readonly sides?: SidesPart
  /** Default: the logits as they are. */
  readonly logits?: LogitsPart
  /** Default `mean`. */
  readonly reduction?: Reduction
}

/**
 * What {@link composeLoss} puts together. Weights that read the labels of the batch and parts for missing labels exclude each
 * other: such weights would be wrong where labels are missing, and no propensity mends that.
 */
export type LossParts =
  | (AnyParts & {
      readonly missingLabels?: never
      /** One, or several that are multiplied. Default: none. */
      readonly weights?: WeightsPart | readonly WeightsPart[]
    })
  | (AnyParts & {
      readonly missingLabels: MissingLabelsPart
      /** One, or several that are multiplied. Default: none. */
      readonly weights?: ClassWeightsPart | readonly ClassWeightsPart[]
    })

/**
 * A loss from parts, wherever the mathematics allows it:
 *
 *     w · cost(y, ℓ⁺, ℓ⁻)      (ℓ⁺, ℓ⁻) = logits(z, sides)
 *
 * `sides` says what a positive and a negative cost as functions of their logit, `logits` which logit each of them takes,
 * `missingLabels` how the two become the cost of an observed label (`y ℓ⁺ + (1 − y) ℓ⁻` without it), and `weights` what the
 * element counts. With the parts of a named loss it is that loss: re-balanced weights, negative-tolerant logits and focal sides
 * are {@link distributionBalancedLoss}. Losses that couple classes (softmax, ZLPR, two-way) have no sides, and so are none of
 * these.
 *
 * @param statistics - of the training set before any re-sampling.
 * @param parts - made by {@link parts}; each place takes one, `weights` several.
 * @throws DblossError `argument` for a part in the wrong place, for numbers out of range, and for weights that read labels
 * beside `missingLabels`; `shape` for propensities of another number of classes; `statistics` as the parts' own losses.
 *
 * @example
 * const loss = composeLoss(statistics, {
 *   weights: parts.rebalanced({ mu: 0.3 }),
 *   logits: parts.negativeTolerant({ lambda: 5 }),
 *   sides: parts.asymmetric({ gammaNegative: 4 }),
 * })
 */
export function composeLoss(statistics: LabelStatistics, { reduction = 'mean', ...chosen }: LossParts): Loss {
  const sides = resolveSides(chosen.sides ?? { kind: 'cross-entropy' })
  const logits = chosen.logits === undefined ? undefined : resolveLogits(chosen.logits, statistics)
  const labels = resolveLabels(chosen.missingLabels)
  const weights = listOfWeights(chosen.weights).map((part) => resolveWeights(part, statistics))
  if (labels.part !== undefined) refuseWeightsThatReadLabels(weights)
  if (labels.classCount !== undefined && labels.classCount !== statistics.classCount) {
    const found = labels.classCount
    throw new DblossError(
      'shape',
      `missingLabels has ${found} propensities but the statistics describe ${statistics.classCount} classes`,
      { argument: 'missingLabels', found, expected: `${statistics.classCount} propensities` },
    )
  }
  return defineLoss({
    name: 'composed',
    parameters: {
      sides: sides.part,
      ...(logits === undefined ? {} : { logits: logits.part }),
      ...(labels.part === undefined ? {} : { missingLabels: labels.part }),
      ...(weights.length === 0 ? {} : { weights: weights.map(({ part }) => part) }),
    },
    statistics,
    reduction,
    formula: ({ logits: z, labels: y, isUnknown }) => {
      const cost = labels.costOf(y, logits === undefined ? sides.sidesOf(z) : logits.apply(z, sides.sidesOf))
      return weights.length === 0 ? cost : multiply(product(weights, y, isUnknown), cost)
    },
  })
}

function refuseWeightsThatReadLabels(weights: readonly ResolvedWeights[]): void {
  const reading = weights.find(({ readsLabels }) => readsLabels)
  if (reading === undefined) return
  const { kind } = reading.part
  throw new DblossError(
    'argument',
    `weights has a part of kind '${kind}', which reads the labels of the batch, of which some are missing as missingLabels ` +
      'says; take weights by class',
    { argument: 'weights', found: kind, expected: 'inverse-frequency, or class-balanced by class' },
  )
}
