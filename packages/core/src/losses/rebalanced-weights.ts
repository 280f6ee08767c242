import { checkNumber } from '../check-number.ts'
import {
  add,
  classVector,
  divide,
  less,
  multiply,
  named,
  parameter,
  select,
  sigmoid,
  subtract,
  sum,
} from '../formula/build.ts'
import type { Expression } from '../formula/nodes.ts'
import { type LabelStatistics, suggestMu } from '../labels/index.ts'
import { requireCounts } from './require-counts.ts'

/** Options of the re-balanced weighting. */
export interface RebalancedOptions {
  /** α, the floor of the weight. Default 0.1. */
  readonly alpha?: number
  /** β, the steepness of the map from r to the weight. Default 10. */
  readonly beta?: number
  /** μ, the r at which the weight is α + ½; `auto` (the default) takes (mean + median)/2 of r over the positive labels of the statistics. */
  readonly mu?: number | 'auto'
}

/** The re-balancing options as numbers. */
export interface Rebalancing {
  readonly alpha: number
  readonly beta: number
  readonly mu: number
}

/**
 * Fills in the defaults and finds μ.
 *
 * @throws DblossError `argument` for numbers out of range, `statistics` when μ is `auto` and the statistics hold no label sets.
 */
export function resolveRebalancing(
  statistics: LabelStatistics,
  { alpha = 0.1, beta = 10, mu = 'auto' }: RebalancedOptions,
): Rebalancing {
  checkNumber('alpha', alpha, { minimum: 0 })
  checkNumber('beta', beta)
  requireCounts(statistics)
  const resolved = mu === 'auto' ? suggestMu(statistics) : mu
  checkNumber('mu', resolved)
  return { alpha, beta, mu: resolved }
}

/**
 * The re-balanced weights `w_i = α + σ(β (r_i − μ))`, [B, C], with
 * `r_i = P^C_i / P^I = (1/n_i) / Σ_j y_j / n_j`: how often class-aware sampling should show a sample for class i, against how
 * often it shows it because of all its labels. A row without positives has r = ∞, so w = α + 1 (for β > 0).
 *
 * @see Wu et al., ECCV 2020, section 3.1, equations 2 to 6.
 */
export function rebalancedWeights(
  labels: Expression,
  statistics: LabelStatistics,
  { alpha, beta, mu }: Rebalancing,
): Expression {
  const counts = requireCounts(statistics)
  const n = classVector('classCounts', counts, 'n')
  const shown = sum(divide(labels, n), 'classes')
  const whenNothingShown = saturatingDenominator(counts, beta, mu)
  const r = named('r', divide(divide(1, n), select(less(0, shown), shown, whenNothingShown)))
  const mapped = sigmoid(multiply(parameter('\\beta', beta), subtract(r, parameter('\\mu', mu))))
  return named('w', add(parameter('\\alpha', alpha), mapped))
}

/**
 * What stands for Σ_j y_j / n_j in a row without positives, where r is ∞: small enough that |β| (r_i − μ) is 100 or more for
 * every class, so that σ is 1 (0 for β < 0) in every precision. A GPU need not give ∞ for a division by zero.
 */
function saturatingDenominator(counts: Float64Array, beta: number, mu: number): number {
  if (beta === 0) return 1
  const largest = counts.reduce((most, count) => Math.max(most, count))
  return 1 / (largest * (Math.max(mu, 0) + 100 / Math.abs(beta)))
}
