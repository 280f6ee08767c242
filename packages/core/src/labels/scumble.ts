import { imbalanceRatios, variationOf } from './imbalance-ratios.ts'
import { type LabelStatistics, requireLabelSets } from './statistics.ts'

/** How much frequent and rare classes meet in the same samples. */
export interface Scumble {
  /** The mean over all samples, from 0 to 1. */
  readonly mean: number
  /** The coefficient of variation over the samples (n − 1 in the denominator); NaN where `mean` is 0. */
  readonly variation: number
  /** The mean over the samples that carry class i, [C]; NaN for a class without a positive. */
  readonly perClass: readonly number[]
}

/**
 * SCUMBLE, the score of concurrence among imbalanced labels. For a sample with the k positive classes L
 *
 *     SCUMBLE = 1 − (Π_{l in L} IRLbl_l)^(1/k) / ((1/k) Σ_{l in L} IRLbl_l)
 *
 * and 0 for a sample without positives: 0 where the classes of a sample are equally frequent, towards 1 where frequent ones
 * come with rare ones, so that sampling one class changes the other. An unknown label counts as not carried.
 *
 * Source: Charte, Rivera, del Jesus and Herrera, "Concurrence among imbalanced labels and its influence on multilabel
 * resampling algorithms", HAIS 2014; per class as in the R package mldr.
 *
 * @throws DblossError `statistics` for statistics without label sets.
 */
export function scumble(statistics: LabelStatistics): Scumble {
  const labelSets = requireLabelSets(statistics, 'SCUMBLE')
  const ratios = imbalanceRatios(statistics)
  const sums = new Float64Array(statistics.classCount)
  const samples = labelSets.map(({ classes, count }) => {
    const value = sampleScumble(classes, ratios)
    for (const index of classes) sums[index]! += value * count
    return { value, count }
  })
  return { ...variationOf(samples), perClass: Array.from(sums, (sum, index) => sum / statistics.classCounts[index]!) }
}

function sampleScumble(classes: readonly number[], ratios: readonly number[]): number {
  if (classes.length < 2) return 0
  let logarithms = 0
  let sum = 0
  for (const index of classes) {
    logarithms += Math.log(ratios[index]!)
    sum += ratios[index]!
  }
  // Equal ratios can come out a rounding below 0.
  return Math.max(0, 1 - Math.exp(logarithms / classes.length) / (sum / classes.length))
}
