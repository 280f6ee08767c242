import { checkNumber } from '../check-number.ts'
import { type ClassPair, coOccurringPairs } from './co-occurring-pairs.ts'
import { labelCardinality, labelDensity, theoreticalComplexity } from './imbalance-measures.ts'
import { imbalanceSpread } from './imbalance-ratios.ts'
import { knownCounts } from './known-counts.ts'
import { labelAdvice } from './label-advice.ts'
import { type RebalancingDiagnostic, rebalancingDiagnostic } from './rebalancing.ts'
import { scumble } from './scumble.ts'
import { type ClassSplits, type SplitThresholds, splitClasses } from './splits.ts'
import type { LabelStatistics } from './statistics.ts'

/** Options of {@link describeLabels}. */
export interface DescribeLabelsOptions {
  /** Where head and tail begin. Default: 100 and 20 samples, see `splitClasses`. */
  readonly splitThresholds?: SplitThresholds
  /** How many of the most frequent pairs of classes are given. Default 5. */
  readonly pairs?: number
  /** The number of input features, for the theoretical complexity score. */
  readonly featureCount?: number
}

/** Two classes that come together, and how often. */
export interface DescribedPair extends ClassPair {
  /** The share of the samples of the rarer class that carry the other class too. */
  readonly shareOfRarer: number
}

/** A data set in figures; plain JSON. What needs label sets is absent for statistics without them. */
export interface LabelDescription {
  /** N. */
  readonly sampleCount: number
  /** C. */
  readonly classCount: number
  /** What the classes are called, [C]; absent where the statistics do not say. */
  readonly classNames?: readonly string[]
  /** n_i, [C]. */
  readonly classCounts: readonly number[]
  /** The mean number of positive classes of a sample. */
  readonly cardinality: number
  /** The share of positive elements. */
  readonly density: number
  /** The mean of IRLbl over the classes with a positive; absent when no class has one. */
  readonly meanIR?: number
  /** The coefficient of variation of IRLbl; absent for fewer than two classes with a positive. */
  readonly cvir?: number
  /** The mean of SCUMBLE over the samples. */
  readonly scumble?: number
  /** The number of distinct label sets. */
  readonly labelSetCount?: number
  /** The theoretical complexity score; absent without `featureCount` too. */
  readonly tcs?: number
  /** The classes by frequency. */
  readonly splits: ClassSplits
  /** Where head and tail begin, in samples. */
  readonly splitThresholds: Required<SplitThresholds>
  /** The classes that no sample carries. */
  readonly emptyClasses: readonly number[]
  /** The classes that every sample in which they are known carries. */
  readonly fullClasses: readonly number[]
  /** The share of the labels that are unknown. */
  readonly unknownShare: number
  /** Most frequent first. */
  readonly pairs?: readonly DescribedPair[]
  /** What the re-balanced weighting does with `mu: 'auto'` and its other defaults. */
  readonly rebalancing?: RebalancingDiagnostic
  /** c of the statistics; 0 for none. */
  readonly pseudoCount: number
  /** What to do about it, one sentence each. */
  readonly advice: readonly string[]
}

/**
 * Describes a data set for those who choose a loss: size and imbalance, head, medium and tail classes, the classes that come
 * together most, the μ that `'auto'` takes and how much of the weighting it saturates, and advice. Plain data;
 * `labelDescriptionText` makes a text of it.
 *
 * @throws DblossError `argument` for thresholds unless 0 ≤ tail ≤ head, and unless `pairs` and `featureCount` are positive
 * integers (`pairs` may be 0); `statistics` when `featureCount` is given and there are no label sets.
 */
export function describeLabels(statistics: LabelStatistics, options: DescribeLabelsOptions = {}): LabelDescription {
  const { splitThresholds: { head = 100, tail = 20 } = {}, pairs = 5, featureCount } = options
  const { sampleCount, classCount, classNames, classCounts, pseudoCount = 0, labelSets } = statistics
  checkNumber('pairs', pairs, { integer: true, minimum: 0 })
  const known = knownCounts(statistics)
  const carried = classCounts.some((count) => count > 0)
  const { meanIR, cvir } = imbalanceSpread(statistics)
  const figures = {
    sampleCount,
    classCount,
    ...(classNames === undefined ? {} : { classNames }),
    classCounts,
    cardinality: labelCardinality(statistics),
    density: labelDensity(statistics),
    ...(Number.isNaN(meanIR) ? {} : { meanIR }),
    ...(Number.isNaN(cvir) ? {} : { cvir }),
    ...(featureCount === undefined ? {} : { tcs: theoreticalComplexity(statistics, featureCount) }),
    splits: splitClasses(statistics, { head, tail }),
    splitThresholds: { head, tail },
    emptyClasses: indicesOf(classCounts, (count) => count === 0),
    fullClasses: indicesOf(classCounts, (count, index) => count > 0 && count === known[index]),
    unknownShare: 1 - known.reduce((sum, count) => sum + count, 0) / (sampleCount * classCount),
    ...(labelSets === undefined
      ? {}
      : {
          scumble: scumble(statistics).mean,
          labelSetCount: labelSets.length,
          pairs: pairs === 0 ? [] : describePairs(statistics, pairs),
          ...(carried ? { rebalancing: rebalancingDiagnostic(statistics) } : {}),
        }),
    pseudoCount,
  }
  return { ...figures, advice: labelAdvice(figures) }
}

function describePairs(statistics: LabelStatistics, limit: number): DescribedPair[] {
  return coOccurringPairs(statistics, { limit }).map(({ classes, count }) => ({
    classes,
    count,
    shareOfRarer: count / Math.min(...classes.map((index) => statistics.classCounts[index]!)),
  }))
}

function indicesOf(counts: readonly number[], holds: (count: number, index: number) => boolean): number[] {
  return counts.flatMap((count, index) => (holds(count, index) ? [index] : []))
}
