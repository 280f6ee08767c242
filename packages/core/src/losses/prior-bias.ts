import { classVector } from '../formula/build.ts'
import type { Expression } from '../formula/nodes.ts'
import type { LabelStatistics } from '../labels/index.ts'
import { requirePriors } from './require-counts.ts'

/**
 * The prior bias `b_i = logit(p_i)` of each class, with `p_i = n_i / N`.
 *
 * @throws DblossError `statistics` when a class is never or always present, because b is infinite then.
 */
export function priorBias(statistics: LabelStatistics): Float64Array {
  return requirePriors(statistics).map((p) => Math.log(p) - Math.log1p(-p))
}

/** {@link priorBias} in a formula, [1, C]. */
export function priorBiasVector(statistics: LabelStatistics): Expression {
  return classVector('priorBias', priorBias(statistics), 'b')
}
