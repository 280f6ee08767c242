import { checkNumber } from '../../check-number.ts'
import { defineLoss, type FormulaContext } from '../../define-loss.ts'
import {
  add,
  divide,
  less,
  maximum,
  minimum,
  multiply,
  named,
  negate,
  parameter,
  select,
  softplus,
  sum,
} from '../../formula/build.ts'
import type { Axis, Condition, Expression } from '../../formula/nodes.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { logSumExpWhere } from '../log-sum-exp-over.ts'

/** Options of {@link twoWayLoss}. */
export interface TwoWayOptions {
  /** T_p, the temperature of the positives. Default 4. */
  readonly positiveTemperature?: number
  /** T_n, the temperature of the negatives. Default 1. */
  readonly negativeTemperature?: number
  /** The loss is one number for the batch, which both leave as it is. Default `mean`. */
  readonly reduction?: Extract<Reduction, 'mean' | 'sum'>
}

/** Keeps z / T far from the number that stands for −∞. */
const temperatureRange = { minimum: 1e-6, maximum: 1e6 }

/**
 * Two-way loss, one number for the batch: the positives of each row should score above its negatives, and the positives of each
 * class (a column) above the negatives of that class in the batch,
 *
 *     ℓ = mean over rows of c + mean over columns of c
 *     c = softplus(T_n log Σ_neg e^{z/T_n} + T_p log Σ_pos e^{−z/T_p})
 *
 * Each mean is over the rows (columns) that have a positive; one that has only positives costs 0, and without any positive in
 * the batch the loss is 0. A label above ½ is positive, one below ½ negative, an unknown one neither. It needs batches in
 * which classes meet positives and negatives, and gives other numbers for other batch sizes.
 *
 * Only differences of scores count: adding a constant to all logits changes nothing. There is no natural threshold at 0 and
 * σ(z) is no probability; rank by z, or tune thresholds. Works with any number of classes.
 *
 * @param options - positiveTemperature 4, negativeTemperature 1, reduction `mean`.
 * @throws DblossError `argument` for a temperature outside [1e-6, 1e6], and for reductions `none` and `batchmean`, which have
 * no meaning here.
 * @see Kobayashi, Two-Way Multi-Label Loss, CVPR 2023. Formula, means and temperatures were checked in public copies of the
 * author's code; it takes −100 for −∞, which shows where logits are large.
 */
export function twoWayLoss({
  positiveTemperature = 4,
  negativeTemperature = 1,
  reduction = 'mean',
}: TwoWayOptions = {}): Loss {
  checkNumber('positiveTemperature', positiveTemperature, temperatureRange)
  checkNumber('negativeTemperature', negativeTemperature, temperatureRange)
  return defineLoss({
    name: 'two-way',
    reference: 'Kobayashi, Two-Way Multi-Label Loss, CVPR 2023',
    parameters: { positiveTemperature, negativeTemperature },
    reduction,
    formula: (context) => {
      const sides = sidesOf(context)
      const temperatures = {
        positive: parameter('T_p', positiveTemperature),
        negative: parameter('T_n', negativeTemperature),
      }
      const rows = named('u', contrast(context.logits, sides, temperatures, 'classes'))
      const columns = named('v', contrast(context.logits, sides, temperatures, 'batch'))
      return add(
        divide(sum(rows, 'batch'), named('R^+', countWithPositives(sides, 'classes'))),
        divide(sum(columns, 'classes'), named('C^+', countWithPositives(sides, 'batch'))),
      )
    },
  })
}

/** Which labels are positive and which are negative; unknown ones are neither. */
interface LabelSides {
  readonly isPositive: Condition
  readonly isNegative: Condition
}

const sidesOf = ({ labels, isUnknown }: FormulaContext): LabelSides => ({
  isPositive: less(0.5, labels),
  isNegative: less(select(isUnknown, 1, labels), 0.5),
})

/**
 * How far the negatives reach above the positives, of each row (along its classes) or of each class (along the batch): 0 where
 * there are only positives or only negatives.
 */
function contrast(
  logits: Expression,
  { isPositive, isNegative }: LabelSides,
  { positive, negative }: Readonly<Record<'positive' | 'negative', Expression>>,
  axis: Axis,
): Expression {
  const positives = logSumExpWhere(isPositive, divide(negate(logits), positive), axis)
  const negatives = logSumExpWhere(isNegative, divide(logits, negative), axis)
  return softplus(add(multiply(negative, negatives), multiply(positive, positives)))
}

/** How many rows (classes) have a positive label along an axis, at least 1. */
function countWithPositives({ isPositive }: LabelSides, axis: Axis): Expression {
  const positives = sum(select(isPositive, 1, 0), axis)
  return maximum(sum(minimum(positives, 1), axis === 'classes' ? 'batch' : 'classes'), 1)
}
