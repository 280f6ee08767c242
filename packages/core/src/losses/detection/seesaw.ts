import { checkNumber } from '../../check-number.ts'
import { defineLoss } from '../../define-loss.ts'
import {
  add,
  divide,
  less,
  log,
  maximum,
  minimum,
  multiply,
  named,
  parameter,
  select,
  stopGradient,
  subtract,
  sum,
} from '../../formula/build.ts'
import { CLASSES } from '../../formula/extent.ts'
import type { Expression } from '../../formula/nodes.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { logSumExpExcept } from '../log-sum-exp-over.ts'
import { softmaxCrossEntropy } from '../softmax-cross-entropy.ts'
import { classCountSource } from './class-count-source.ts'

/** Options of {@link seesawLoss}. */
export interface SeesawOptions {
  /** p ≥ 0 of the mitigation factor; 0 switches it off. Default 0.8. */
  readonly p?: number
  /** q ≥ 0 of the compensation factor; 0 switches it off. Default 2. */
  readonly q?: number
  /** Default `mean`, over the rows, those without positives included. */
  readonly reduction?: Reduction
}

/** What the score of a row's label counts as at least, as in the released code: it bounds the compensation. */
const SMALLEST_SCORE = 0.01

/**
 * Seesaw loss: softmax cross-entropy in which a frequent class pushes rarer ones down less (mitigation), unless they were
 * scored above it (compensation). For a row with label i:
 *
 *     −log( e^{z_i} / (e^{z_i} + Σ_{j≠i} S_ij e^{z_j}) )      S_ij = M_ij C_ij
 *     M_ij = min(1, N_j / N_i)^p      C_ij = max(1, σ_j / max(σ_i, 0.01))^q
 *
 * σ is the softmax of the row; no gradient flows through C. N, the input `classCounts` [1, C], counts the labels seen so far,
 * those of the batch included and each at least 1: give it, or take it from `loss.inputSource`, to which each step is shown.
 *
 * Checked against the authors' code in MMDetection: M, C with its bound 0.01 and without gradient, the counts, p and q. It has a
 * further branch for objectness, which is left out: it belongs to detectors.
 *
 * Rows with several labels are our adaptation: N_i and σ_i are geometric means over the labels of the row, which gives one S
 * a row, S is 1 on the labels, and the terms of the labels are added up: softmax cross-entropy on `z + (1 − y) log S`. Rows
 * without positives cost 0. Soft labels weigh means and terms. Unknown labels take no part.
 *
 * A row is one number, so there are no elements. Predictions are a softmax: 0 is no threshold of these logits.
 *
 * @param options - p 0.8, q 2, reduction `mean`. Works with any number of classes.
 * @throws DblossError `argument` for numbers out of range.
 * @see Wang et al., Seesaw Loss for Long-Tailed Instance Segmentation, CVPR 2021, section 3, arXiv 2008.10032.
 */
export function seesawLoss({ p = 0.8, q = 2, reduction = 'mean' }: SeesawOptions = {}): Loss {
  checkNumber('p', p, { minimum: 0 })
  checkNumber('q', q, { minimum: 0 })
  return defineLoss({
    name: 'seesaw',
    reference: 'Wang et al., CVPR 2021, arXiv 2008.10032',
    parameters: { p, q },
    reduction,
    inputs: { classCounts: CLASSES },
    inputSource: classCountSource,
    formula: ({ logits: z, labels: y, inputs, isUnknown }) => {
      const logScores = named('\\log \\sigma', subtract(z, logSumExpExcept(isUnknown, z, 'classes')))
      const factors = add(logMitigation(y, inputs.classCounts!, p), logCompensation(y, logScores, q))
      const s = named('\\log S', multiply(subtract(1, y), factors))
      return softmaxCrossEntropy({ logits: named("z'", add(z, s)), labels: y, isUnknown })
    },
  })
}

/** `log M = p min(0, log N_j − log N_i)`, [B, C]. */
function logMitigation(labels: Expression, classCounts: Expression, p: number): Expression {
  const logCounts = log(maximum(named('N', classCounts), 1))
  const difference = subtract(logCounts, meanOverLabels(labels, logCounts))
  return named('\\log M', multiply(parameter('p', p), minimum(0, difference)))
}

/** `log C = q max(0, log σ_j − max(log σ_i, log 0.01))`, [B, C], without gradient. */
function logCompensation(labels: Expression, logScores: Expression, q: number): Expression {
  const smallest = parameter(`\\log ${SMALLEST_SCORE}`, Math.log(SMALLEST_SCORE))
  const ofLabels = maximum(meanOverLabels(labels, logScores), smallest)
  const excess = maximum(0, subtract(logScores, ofLabels))
  return named('\\log C', stopGradient(multiply(parameter('q', q), excess)))
}

/** `Σ y x / Σ y`, [B, 1]; 0 in a row without positives. */
function meanOverLabels(labels: Expression, values: Expression): Expression {
  const count = sum(labels, 'classes')
  return divide(sum(multiply(labels, values), 'classes'), select(less(0, count), count, 1))
}
