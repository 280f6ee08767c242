import type { LabelStatistics } from './statistics.ts'

/**
 * How much rarer than the most frequent class each class is, [C], 1 or more:
 *
 *     IRLbl_i = max_k n_k / n_i
 *
 * ∞ for a class without a positive, NaN when no class has one. The R package mldr gives 0 in place of ∞.
 *
 * Source: Charte, Rivera, del Jesus and Herrera, "Addressing imbalance in multilabel classification", Neurocomputing 163, 2015.
 */
export function imbalanceRatios(statistics: LabelStatistics): number[] {
  const most = statistics.classCounts.reduce((largest, count) => Math.max(largest, count), 0)
  return statistics.classCounts.map((count) => most / count)
}

/** How unequal the classes are altogether, over the classes with at least one positive. */
export interface ImbalanceSpread {
  /** meanIR, the mean of IRLbl; NaN when no class has a positive. */
  readonly meanIR: number
  /** CVIR, the coefficient of variation of IRLbl; NaN for fewer than two classes with a positive. */
  readonly cvir: number
}

/**
 * Mean and coefficient of variation of IRLbl, see {@link imbalanceRatios}:
 *
 *     meanIR = (1/C) Σ_i IRLbl_i        CVIR = sqrt(Σ_i (IRLbl_i − meanIR)² / (C − 1)) / meanIR
 *
 * Classes without a positive, whose ratio is infinite, are left out of both, of C too. (The R package mldr counts them as 0.)
 *
 * Source: Charte et al., "A first approach to deal with imbalance in multi-label datasets", HAIS 2013; and as above, 2015.
 */
export function imbalanceSpread(statistics: LabelStatistics): ImbalanceSpread {
  const { mean, variation } = variationOf(
    imbalanceRatios(statistics)
      .filter(Number.isFinite)
      .map((value) => ({ value, count: 1 })),
  )
  return { meanIR: mean, cvir: variation }
}

/** Values, each standing for `count` of them. */
interface Weighted {
  readonly value: number
  readonly count: number
}

/** The mean, and the coefficient of variation: the standard deviation (n − 1 in the denominator) over the mean. */
export function variationOf(values: readonly Weighted[]): { readonly mean: number; readonly variation: number } {
  const size = values.reduce((sum, { count }) => sum + count, 0)
  const mean = values.reduce((sum, { value, count }) => sum + value * count, 0) / size
  const squares = values.reduce((sum, { value, count }) => sum + (value - mean) ** 2 * count, 0)
  return { mean, variation: Math.sqrt(squares / (size - 1)) / mean }
}
