import { checkNumber } from '../../check-number.ts'
import { defineLoss, type FormulaContext } from '../../define-loss.ts'
import { DblossError } from '../../errors.ts'
import {
  classVector,
  divide,
  multiply,
  named,
  negate,
  parameter,
  power,
  softplus,
  subtract,
} from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'
import type { LabelStatistics } from '../../labels/index.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { requireCounts } from '../require-counts.ts'
import { costOfLabels, type Sides } from '../sides.ts'
import { softmaxCrossEntropy } from '../softmax-cross-entropy.ts'

/** Options of {@link ldamLoss}. */
export interface LdamOptions {
  /** The margin of the rarest class. Default 0.5. */
  readonly maximumMargin?: number
  /** s, what logits and margins are multiplied by. Default 30, for logits that are cosines; 1 suits those of a plain linear head. */
  readonly scale?: number
  /** `sigmoid` takes labels one by one, `softmax` is the paper's. Default `sigmoid`. */
  readonly form?: 'sigmoid' | 'softmax'
  /** Default `mean`: over the known elements, for the softmax form over the rows. */
  readonly reduction?: Reduction
}

/**
 * LDAM, label-distribution-aware margin loss: a positive has to pass by a margin, the larger the rarer its class,
 *
 *     m_i = m_max (min_j n_j / n_i)^¼
 *     sigmoid:  ℓ_i = y_i softplus(−s (z_i − m_i)) + (1 − y_i) softplus(s z_i)
 *     softmax:  ℓ = Σ_i y_i (log Σ_j e^{x_j} − x_i)      x_i = s (z_i − y_i m_i)
 *
 * The sigmoid form is an adaptation to several labels: the margin is kept, each class is decided on its own, and soft labels
 * give the expected cost of hard ones. Its threshold is 0, and its probability σ(s z).
 *
 * The softmax form is the paper's for rows with one label, and a number a row. With several labels, an adaptation, it is the sum
 * of −log softmax over them, all of them lowered by their margins; a row without positives costs 0. It ranks classes: a sigmoid
 * has no meaning as a probability there, and a threshold at 0 none either.
 *
 * @param statistics - of the training set before any re-sampling.
 * @param options - maximumMargin 0.5, scale 30, form `sigmoid`, reduction `mean`.
 * @throws DblossError `statistics` when a class has no positive sample; `argument` for a negative margin, a scale that is not
 * positive or another form.
 * @see Cao et al., Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss, NeurIPS 2019. The scale, and the
 * margins as a share of the largest, are those of the authors' code. Its deferred re-weighting is not part of the loss.
 */
export function ldamLoss(
  statistics: LabelStatistics,
  { maximumMargin = 0.5, scale = 30, form = 'sigmoid', reduction = 'mean' }: LdamOptions = {},
): Loss {
  checkNumber('maximumMargin', maximumMargin, { minimum: 0 })
  checkNumber('scale', scale, { above: 0 })
  if (form !== 'sigmoid' && form !== 'softmax') {
    throw new DblossError('argument', `form is '${String(form)}'; expected 'sigmoid' or 'softmax'`, {
      argument: 'form',
      found: form,
      expected: "'sigmoid' | 'softmax'",
    })
  }
  const margins = ldamMargins(requireCounts(statistics), maximumMargin)
  const s = parameter('s', scale)
  return defineLoss({
    name: 'ldam',
    reference: 'Cao et al., NeurIPS 2019, arXiv 1906.07413',
    parameters: { maximumMargin, scale, form },
    statistics,
    reduction,
    formula: (context) => (form === 'softmax' ? softmaxForm(context, margins, s) : sigmoidForm(context, margins, s)),
  })
}

/** The margins `m_max (min_j n_j / n_i)^¼`, [1, C]. */
function ldamMargins(counts: Float64Array, maximumMargin: number): Expression {
  const rarest = parameter(
    'n_{\\min}',
    counts.reduce((least, count) => Math.min(least, count)),
  )
  const share = divide(rarest, classVector('classCounts', counts, 'n'))
  return named('m', multiply(parameter('m_{\\max}', maximumMargin), power(share, 0.25)))
}

function sigmoidForm({ logits, labels }: FormulaContext, margins: Expression, scale: Expression): Expression {
  return costOfLabels(labels, ldamSides(logits, margins, scale))
}

/** ℓ⁺ and ℓ⁻ of the sigmoid form. */
function ldamSides(logits: Expression, margins: Expression, scale: Expression): Sides {
  return {
    positive: softplus(negate(multiply(scale, subtract(logits, margins)))),
    negative: softplus(multiply(scale, logits)),
  }
}

function softmaxForm(
  { logits, labels, isUnknown }: FormulaContext,
  margins: Expression,
  scale: Expression,
): Expression {
  const lowered = named('x', multiply(scale, subtract(logits, multiply(labels, margins))))
  return softmaxCrossEntropy({ logits: lowered, labels, isUnknown })
}
