import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'
import { smoothedCounts } from './class-priors.ts'
import { type LabelStatistics, requireLabelSets } from './statistics.ts'

/** Options of {@link rebalancingDiagnostic}; the parameters of the weight w = α + σ(β (r − μ)). */
export interface RebalancingOptions {
  /** α. Default 0.1. */
  readonly alpha?: number
  /** β. Default 10. */
  readonly beta?: number
  /** μ. Default `'auto'`, which is {@link suggestMu}. */
  readonly mu?: number | 'auto'
}

/** What the re-balanced weighting does on a data set. A share or mean over no elements is 0. */
export interface RebalancingDiagnostic {
  /** The μ that was used. */
  readonly mu: number
  /** The mean of r over the positives. */
  readonly meanRatio: number
  /** The median of r over the positives. */
  readonly medianRatio: number
  readonly positives: WeightSummary
  readonly negatives: WeightSummary
}

/** The weights of the positive or of the negative elements of a data set. */
export interface WeightSummary {
  /** The number of elements with a known label. */
  readonly count: number
  /** The share of elements with w > α + 0.9, where a change of r no longer matters. */
  readonly saturated: number
  readonly meanWeight: number
}

/**
 * A value for μ of the re-balanced weighting from the data, where the sigmoid's middle lies among the positives:
 *
 *     μ = (mean(r) + median(r)) / 2        r_i = (1/n_i) / Σ_j y_j / n_j   over the positive elements
 *
 * n_i includes the pseudo-count. Source: the rule of the text-classification port (Huang et al., EMNLP 2021).
 *
 * @throws DblossError `statistics` for statistics without label sets or without any positive.
 */
export function suggestMu(statistics: LabelStatistics): number {
  const { mean, median } = positiveRatios(statistics)
  return (mean + median) / 2
}

/**
 * Tells how the re-balanced weighting w = α + σ(β (r − μ)) (Wu et al., ECCV 2020, section 3.1) falls on a data set:
 * where most weights are saturated, μ or β does not fit the data. In rows without positives r → ∞, so w = α + 1.
 *
 * @throws DblossError `statistics` for statistics without label sets or without any positive, `argument` for α, β or μ
 * that are not finite numbers, and for β ≤ 0.
 */
export function rebalancingDiagnostic(
  statistics: LabelStatistics,
  options: RebalancingOptions = {},
): RebalancingDiagnostic {
  const { alpha = 0.1, beta = 10, mu: chosenMu = 'auto' } = options
  checkNumber('alpha', alpha)
  checkNumber('beta', beta, { above: 0 })
  if (chosenMu !== 'auto') checkNumber('mu', chosenMu)
  const { mean, median } = positiveRatios(statistics)
  const mu = chosenMu === 'auto' ? (mean + median) / 2 : chosenMu
  // The weight of a class in a row depends on its n only, so the classes of equal n are taken together.
  const counts = smoothedCounts(statistics).positives
  const distinct = [...new Set(counts)]
  const inverse = distinct.map((count) => 1 / count)
  const groups = new Map(distinct.map((count, group) => [count, group]))
  const groupOf = Uint32Array.from(counts, (count) => groups.get(count)!)
  const groupSize = new Uint32Array(distinct.length)
  for (const group of groupOf) groupSize[group]!++
  const positives = weightTally(alpha)
  const negatives = weightTally(alpha)
  for (const { classes, unknown = [], count } of labelSetsForRatios(statistics)) {
    const rowSum = classes.reduce((sum, index) => sum + inverse[groupOf[index]!]!, 0)
    // 1 / 0 is ∞ on purpose: the share of a row without positives, where the sigmoid is 1.
    const sigmoid = (group: number): number => 1 / (1 + Math.exp(-beta * (inverse[group]! / rowSum - mu)))
    for (const index of classes) positives.add(sigmoid(groupOf[index]!), count)
    for (const index of [...classes, ...unknown]) groupSize[groupOf[index]!]!--
    for (let group = 0; group < groupSize.length; group++) {
      if (groupSize[group] !== 0) negatives.add(sigmoid(group), count * groupSize[group]!)
    }
    for (const index of [...classes, ...unknown]) groupSize[groupOf[index]!]!++
  }
  return { mu, meanRatio: mean, medianRatio: median, positives: positives.summary(), negatives: negatives.summary() }
}

function weightTally(alpha: number): { add(sigmoid: number, count: number): void; summary(): WeightSummary } {
  let elements = 0
  let saturated = 0
  let total = 0
  return {
    add(sigmoid, count) {
      elements += count
      total += (alpha + sigmoid) * count
      if (sigmoid > 0.9) saturated += count
    },
    summary: () => ({
      count: elements,
      saturated: elements === 0 ? 0 : saturated / elements,
      meanWeight: elements === 0 ? 0 : total / elements,
    }),
  }
}

/** Mean and median of r over the positive elements of a data set. */
function positiveRatios(statistics: LabelStatistics): { readonly mean: number; readonly median: number } {
  const { positives } = smoothedCounts(statistics)
  const ratios: { readonly ratio: number; readonly count: number }[] = []
  for (const { classes, count } of labelSetsForRatios(statistics)) {
    const rowSum = classes.reduce((sum, index) => sum + 1 / positives[index]!, 0)
    for (const index of classes) ratios.push({ ratio: 1 / positives[index]! / rowSum, count })
  }
  const elements = ratios.reduce((sum, { count }) => sum + count, 0)
  if (elements === 0) {
    throw new DblossError('statistics', 'the statistics have no positive label, so r has no distribution', {
      argument: 'statistics',
      found: 0,
      expected: 'at least one positive label',
    })
  }
  ratios.sort((a, b) => a.ratio - b.ratio)
  const mean = ratios.reduce((sum, { ratio, count }) => sum + ratio * count, 0) / elements
  const median = (ratioAt(ratios, Math.floor((elements - 1) / 2)) + ratioAt(ratios, Math.floor(elements / 2))) / 2
  return { mean, median }
}

/** The ratio at a position of the sorted elements, each ratio standing for `count` of them. */
function ratioAt(ratios: readonly { readonly ratio: number; readonly count: number }[], position: number): number {
  let passed = 0
  return ratios.find(({ count }) => {
    passed += count
    return position < passed
  })!.ratio
}

function labelSetsForRatios(statistics: LabelStatistics): ReturnType<typeof requireLabelSets> {
  return requireLabelSets(
    statistics,
    "mu 'auto'",
    'give mu as a number, or take the settings of one of the presets, or make the statistics with labelStatistics',
  )
}
