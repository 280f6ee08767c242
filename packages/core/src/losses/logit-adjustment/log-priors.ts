import type { LabelStatistics } from '../../labels/index.ts'
import { requireCounts } from '../require-counts.ts'

/**
 * `log π_i` with `π_i = n_i / Σ_j n_j`: the share of class i among all labels, as softmax sees it.
 *
 * @throws DblossError `statistics` when a class has no positive sample.
 */
export function logPriors(statistics: LabelStatistics): Float64Array {
  const counts = requireCounts(statistics)
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => Math.log(count / total))
}
