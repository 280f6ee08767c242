import { checkNumber } from '../../check-number.ts'
import { defineLoss, type FormulaContext } from '../../define-loss.ts'
import {
  add,
  divide,
  less,
  maximum,
  minimum,
  multiply,
  negate,
  parameter,
  select,
  softplus,
  sum,
} from '../../formula/build.ts'
import type { Axis, Expression } from '../../formula/nodes.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { logSumExpWhere } from '../log-sum-exp-over.ts'
import { negativeShare } from './negative-share.ts'

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
      const meanCost = (axis: Axis): Expression =>
        overThoseWithPositives(context, axis, contrast(context, axis, positiveTemperature, negativeTemperature))
      return add(meanCost('classes'), meanCost('batch'))
    },
  })
}

const isPositive = ({ labels }: FormulaContext) => less(0.5, labels)

/** c, along the classes of each row or the rows of each class: how far negatives reach above positives; 0 where one of the two is missing. */
function contrast(context: FormulaContext, axis: Axis, positiveTemperature: number, negativeTemperature: number) {
  const { logits: z } = context
  const positive = parameter('T_p', positiveTemperature)
  const negative = parameter('T_n', negativeTemperature)
  const negatives = logSumExpWhere(less(0.5, negativeShare(context)), divide(z, negative), axis)
  const positives = logSumExpWhere(isPositive(context), divide(negate(z), positive), axis)
  return softplus(add(multiply(negative, negatives), multiply(positive, positives)))
}

/** The mean of a number a row (a column) over those that have a positive label; the others cost 0 already. */
function overThoseWithPositives(context: FormulaContext, axis: Axis, costs: Expression): Expression {
  const other = axis === 'classes' ? 'batch' : 'classes'
  const positives = sum(select(isPositive(context), 1, 0), axis)
  return divide(sum(costs, other), maximum(sum(minimum(positives, 1), other), 1))
}
