import { checkNumber } from '../check-number.ts'
import { imbalanceRatios, imbalanceSpread } from './imbalance-ratios.ts'
import { scumble } from './scumble.ts'
import { type LabelStatistics, requireLabelSets } from './statistics.ts'

/**
 * The mean number of positive classes of a sample: Σ_i n_i / N. An unknown label counts as not carried.
 *
 * Source: Tsoumakas and Katakis, "Multi-label classification: an overview", 2007; Zhang and Zhou, "A review on multi-label
 * learning algorithms", TKDE 26, 2014, section 2.1.
 */
export function labelCardinality({ classCounts, sampleCount }: LabelStatistics): number {
  return classCounts.reduce((sum, count) => sum + count, 0) / sampleCount
}

/** The share of positive elements: {@link labelCardinality} / C. Source: as there. */
export function labelDensity(statistics: LabelStatistics): number {
  return labelCardinality(statistics) / statistics.classCount
}

/**
 * TCS, the theoretical complexity score: log(features · C · distinct label sets), the natural logarithm.
 *
 * Source: Charte, Rivera, del Jesus and Herrera, "On the impact of dataset complexity and sampling strategy in multilabel
 * classifiers performance", HAIS 2016.
 *
 * @param featureCount the number of input features of a sample.
 * @throws DblossError `statistics` for statistics without label sets, `argument` unless `featureCount` is a positive integer.
 */
export function theoreticalComplexity(statistics: LabelStatistics, featureCount: number): number {
  checkNumber('featureCount', featureCount, { integer: true, minimum: 1 })
  const { length } = requireLabelSets(statistics, 'the theoretical complexity score')
  return Math.log(featureCount) + Math.log(statistics.classCount) + Math.log(length)
}

/** Options of {@link imbalanceMeasures}. */
export interface ImbalanceMeasuresOptions {
  /** The number of input features, for the theoretical complexity score. */
  readonly featureCount?: number
}

/** The measures by which the literature describes a multi-label data set. */
export interface ImbalanceMeasures {
  /** See {@link labelCardinality}. */
  readonly cardinality: number
  /** See {@link labelDensity}. */
  readonly density: number
  /** The number of distinct label sets. */
  readonly labelSetCount: number
  /** IRLbl, [C]; see {@link imbalanceRatios}. */
  readonly irlbl: readonly number[]
  /** The mean of IRLbl; see {@link imbalanceSpread}. */
  readonly meanIR: number
  /** The coefficient of variation of IRLbl; see {@link imbalanceSpread}. */
  readonly cvir: number
  /** The mean of SCUMBLE over the samples; see {@link scumble}. */
  readonly scumble: number
  /** Its coefficient of variation. */
  readonly scumbleVariation: number
  /** Its mean over the samples of each class, [C]. */
  readonly scumblePerClass: readonly number[]
  /** See {@link theoreticalComplexity}; absent without `featureCount`. */
  readonly tcs?: number
}

/**
 * All imbalance measures at once. They are those of the R package mldr (Charte and Charte, The R Journal 7, 2015), but for
 * classes without a positive: see {@link imbalanceRatios}.
 *
 * @throws DblossError `statistics` for statistics without label sets, `argument` unless `featureCount` is a positive integer.
 */
export function imbalanceMeasures(
  statistics: LabelStatistics,
  options: ImbalanceMeasuresOptions = {},
): ImbalanceMeasures {
  const { featureCount } = options
  const tcs = featureCount === undefined ? {} : { tcs: theoreticalComplexity(statistics, featureCount) }
  const { mean, variation, perClass } = scumble(statistics)
  return {
    cardinality: labelCardinality(statistics),
    density: labelDensity(statistics),
    labelSetCount: requireLabelSets(statistics, 'the number of label sets').length,
    irlbl: imbalanceRatios(statistics),
    ...imbalanceSpread(statistics),
    scumble: mean,
    scumbleVariation: variation,
    scumblePerClass: perClass,
    ...tcs,
  }
}
