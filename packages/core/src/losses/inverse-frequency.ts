import { checkNumber } from '../check-number.ts'
import { defineLoss } from '../define-loss.ts'
import { classVector, divide, multiply, named, parameter, power } from '../formula/build.ts'
import type { Expression } from '../formula/nodes.ts'
import type { LabelStatistics } from '../labels/index.ts'
import type { Loss } from '../loss.ts'
import { type CommonOptions, commonRecord } from './options.ts'
import { requireCounts } from './require-counts.ts'
import { type FocalOptions, focalRecord, resolveFocal, twoSidedLoss } from './two-sided.ts'

/** Options of {@link inverseFrequencyLoss}. */
export interface InverseFrequencyOptions extends CommonOptions, FocalOptions {
  /** The exponent of N/n_i: 1 for RW, 0.5 for sqrt-RW. Default 1. */
  readonly exponent?: number
}

/**
 * Binary cross-entropy weighted by inverse frequency (RW; sqrt-RW with exponent 0.5): `(N/n_i)^exponent · BCE(z_i, y_i)`.
 *
 * @param statistics - of the training set before any re-sampling.
 * @param options - exponent 1, γ 0, balance 2 (1 for γ = 0), reduction `mean`.
 * @throws DblossError `statistics` when a class has no positive sample; `argument` for numbers out of range.
 */
export function inverseFrequencyLoss(
  statistics: LabelStatistics,
  { reduction = 'mean', hardLabels = false, exponent = 1, ...options }: InverseFrequencyOptions = {},
): Loss {
  checkNumber('exponent', exponent, { minimum: 0 })
  const focal = resolveFocal(options)
  const weights = inverseFrequencyWeights(statistics, exponent)
  return defineLoss({
    name: 'inverse-frequency',
    parameters: { exponent, ...focalRecord(focal), ...commonRecord({ hardLabels }) },
    statistics,
    reduction,
    formula: ({ logits, labels }) => multiply(weights, twoSidedLoss({ logits, labels, focal, hardLabels })),
  })
}

/** The weights `(N/n_i)^exponent`, [1, C]. */
export function inverseFrequencyWeights(statistics: LabelStatistics, exponent: number): Expression {
  const n = classVector('classCounts', requireCounts(statistics), 'n')
  const inverse = divide(parameter('N', statistics.sampleCount), n)
  return named('w', exponent === 1 ? inverse : power(inverse, exponent))
}
