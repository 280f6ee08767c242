import { checkNumber } from '../../check-number.ts'
import { DblossError } from '../../errors.ts'
import type { LabelStatistics } from '../../labels/index.ts'
import { priorBias } from '../prior-bias.ts'
import { logPriors } from './log-priors.ts'

/** Options of {@link adjustLogits}. */
export interface AdjustLogitsOptions {
  /** τ, the strength of the adjustment. Default 1; negative values undo an adjustment that a loss has made. */
  readonly tau?: number
  /** Which prior is taken out: `softmax` for scores that are ranked within a row, `sigmoid` for labels decided one by one. Default `softmax`. */
  readonly form?: 'softmax' | 'sigmoid'
}

/**
 * Post-hoc logit adjustment: the logits of a model that was trained without adjustment, with the class prior taken out,
 *
 *     softmax:  z_i − τ log π_i     π_i = n_i / Σ_j n_j
 *     sigmoid:  z_i − τ logit(p_i)  p_i = n_i / N
 *
 * The softmax form is the paper's; its results are for ranking. The sigmoid form is an adaptation: with τ = 1, a result above 0
 * says that the label is more likely here than on average.
 *
 * @param logits - row-major [B, C], raw scores; never written to.
 * @param statistics - of the training set before any re-sampling; they give C.
 * @param options - τ 1, form `softmax`.
 * @returns new logits in an array of the same kind.
 * @throws DblossError `shape` when C does not divide the number of logits; `statistics` when a class has no positive sample, or
 * for the sigmoid form no negative one; `argument` for another form or a τ that is not finite.
 * @see Menon et al., Long-Tail Learning via Logit Adjustment, ICLR 2021, section on post-hoc adjustment.
 *
 * @example
 * const ranked = adjustLogits(logits, statistics)
 */
export function adjustLogits<T extends Float32Array | Float64Array>(
  logits: T,
  statistics: LabelStatistics,
  { tau = 1, form = 'softmax' }: AdjustLogitsOptions = {},
): T {
  checkNumber('tau', tau)
  const { classCount } = statistics
  if (logits.length % classCount !== 0) {
    throw new DblossError('shape', `logits has ${logits.length} values; expected rows of ${classCount} classes`, {
      argument: 'logits',
      found: logits.length,
      expected: `a multiple of ${classCount} values`,
    })
  }
  const prior = priorOf(form, statistics)
  return logits.map((logit, index) => logit - tau * prior[index % classCount]!) as T
}

function priorOf(form: string, statistics: LabelStatistics): Float64Array {
  switch (form) {
    case 'softmax':
      return logPriors(statistics)
    case 'sigmoid':
      return priorBias(statistics)
    default:
      throw new DblossError('argument', `form is '${form}'; expected 'softmax' or 'sigmoid'`, {
        argument: 'form',
        found: form,
        expected: "'softmax' | 'sigmoid'",
      })
  }
}
