import { checkNumber } from '../../check-number.ts'
import { defineLoss } from '../../define-loss.ts'
import { DblossError } from '../../errors.ts'
import {
  add,
  classVector,
  maximum,
  multiply,
  named,
  negate,
  type Operand,
  softplus,
  subtract,
  sum,
} from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { type SoftTargets, softTargets } from './soft-targets.ts'

/** What a predicted set of labels is meant to be good at. */
export type LogisticTarget =
  /** The share of labels that are right. */
  | 'hamming'
  /** Whether all labels are right. */
  | 'subset'
  /** F1 of the row: 2 |both| / (|true| + |predicted|). */
  | 'f1'
  /** Intersection over union of the row. */
  | 'jaccard'

/** Options of {@link multiLabelLogisticLoss}. */
export interface MultiLabelLogisticOptions {
  readonly target: LogisticTarget
  /** C; the soft targets depend on it. */
  readonly classCount: number
  /**
   * What a row counts: `equal`, or in proportion to the `score` that a random set of labels reaches with it on average, which
   * is what the sum over all sets amounts to. By score, F1 and Jaccard let rows with many labels count most and rows without
   * positives not at all; for the other targets it is the same. Default `equal`.
   */
  readonly rowWeights?: 'equal' | 'score'
  /** Default `mean`. */
  readonly reduction?: Reduction
}

/**
 * Multi-label logistic loss: a surrogate for a loss L̄ between sets of labels, as binary cross-entropy at the logit 2z with
 * soft targets t:
 *
 *     t_i softplus(−2 z_i) + (1 − t_i) softplus(2 z_i)
 *     t_i = Σ_y′ (1 − L̄(y′, y)) y′_i / Σ_y′ (1 − L̄(y′, y))        over all 2^C sets y′
 *
 * | target | t of a true label | t of another label |
 * |---|---|---|
 * | `hamming` | ½ + 1/(2C) | ½ − 1/(2C) |
 * | `subset` | 1 | 0 |
 * | `f1`, `jaccard` | t⁺(s), falling with s | t⁻(s), below ½; 0 for s = 0 |
 *
 * s is the number of true labels of the row, and F1 and Jaccard of two empty sets are 1. Labels are predicted where z > 0;
 * σ(z) is no probability, since the targets of `hamming`, `f1` and `jaccard` stay close to ½ where there are many classes.
 *
 * Unknown labels count as negatives in s, and the tables are those for all C classes. For soft labels s need not be whole: t⁺
 * and t⁻ are then interpolated, and `t = y t⁺ + (1 − y) t⁻`; this is an addition of ours.
 *
 * How sure this is: the paper could be read in its abstract only. That it is about the surrogate
 * `Σ_y′ (1 − L̄(y′, y)) log Σ_y″ exp(Σ_i (y″_i − y′_i) z_i)` with y in {−1, 1}^C is from memory. That this sum is the formula
 * above, times `Σ_y′ (1 − L̄(y′, y))`, is tested by going through all sets. The paper claims that minimising it is consistent
 * for every L̄. This is disputed, and for Jaccard it does not hold: where {1} is the true set in 60 % and {2} in 40 % of the
 * cases, the minimum predicts {1, 2}, with a mean Jaccard index of 0.5 where {1} alone has 0.6 (this is tested too).
 *
 * @throws DblossError `argument` for an unknown target or row weights, and for a class count that is not a positive integer.
 * @see Mao, Mohri, Zhong, Multi-Label Learning with Stronger Consistency Guarantees, NeurIPS 2024, arXiv 2407.13746.
 */
export function multiLabelLogisticLoss({
  target,
  classCount,
  rowWeights = 'equal',
  reduction = 'mean',
}: MultiLabelLogisticOptions): Loss {
  checkNumber('classCount', classCount, { integer: true, minimum: 1 })
  checkChoice('target', target, ['hamming', 'subset', 'f1', 'jaccard'])
  checkChoice('rowWeights', rowWeights, ['equal', 'score'])
  const tables = target === 'f1' || target === 'jaccard' ? softTargets(target, classCount) : undefined
  return defineLoss({
    name: 'multi-label-logistic',
    reference: 'Mao et al., NeurIPS 2024, arXiv 2407.13746',
    parameters: { target, classCount, rowWeights },
    classCount,
    reduction,
    formula: ({ logits, labels }) => {
      if (target === 'subset') return crossEntropy(logits, labels)
      if (tables === undefined) {
        return crossEntropy(logits, blend(labels, 0.5 + 0.5 / classCount, 0.5 - 0.5 / classCount))
      }
      const { positive, negative, weight } = targetsOfRows(labels, tables)
      const loss = crossEntropy(logits, blend(labels, positive, negative))
      return rowWeights === 'equal' ? loss : multiply(weight, loss)
    },
  })
}

/** Binary cross-entropy at 2z. */
function crossEntropy(z: Expression, target: Expression): Expression {
  const u = multiply(2, z)
  return add(multiply(target, softplus(negate(u))), multiply(subtract(1, target), softplus(u)))
}

/** t = y t⁺ + (1 − y) t⁻ */
function blend(labels: Expression, positive: Operand, negative: Operand): Expression {
  return named('t', add(multiply(labels, positive), multiply(subtract(1, labels), negative)))
}

/**
 * What the tables hold for the numbers of true labels of the rows, [B, 1], interpolated between whole numbers. Entries 1 to C
 * lie along the classes. Weights are 1 for a row with all labels.
 */
function targetsOfRows(labels: Expression, { positive, negative, meanScore }: SoftTargets) {
  const count = named('s', sum(labels, 'classes'))
  const counts = classVector(
    'counts',
    positive.subarray(1).map((_, index) => index + 1),
    'k',
  )
  const distance = maximum(subtract(count, counts), subtract(counts, count))
  const share = named('h', maximum(subtract(1, distance), 0))
  const lookUp = (name: string, table: Float64Array, symbol: string): Expression => {
    const beyondZero = sum(multiply(classVector(name, table.subarray(1), symbol), share), 'classes')
    return table[0] === 0 ? beyondZero : add(multiply(table[0]!, maximum(subtract(1, count), 0)), beyondZero)
  }
  return {
    positive: named('t^{+}', lookUp('positiveTargets', positive, 'T^{+}')),
    negative: named('t^{-}', lookUp('negativeTargets', negative, 'T^{-}')),
    weight: named(
      'w',
      lookUp(
        'rowWeights',
        meanScore.map((score) => score / meanScore.at(-1)!),
        'W',
      ),
    ),
  }
}

function checkChoice(argument: string, found: string, choices: readonly string[]): void {
  if (choices.includes(found)) return
  const expected = choices.map((choice) => `'${choice}'`).join(' | ')
  throw new DblossError('argument', `${argument} is '${found}'; expected ${expected}`, { argument, found, expected })
}
