import { checkNumber } from '../check-number.ts'
import { requirePropensities } from '../labels/require-propensities.ts'
import { perClassNumbers } from './per-class-numbers.ts'
import { measureRankings, type SampleRanking } from './sample-rankings.ts'
import { readScoredLabels, type ScoredSamples } from './scored-labels.ts'

/** What a measure of the first k places needs. */
export interface TopKOptions extends ScoredSamples {
  /** How many places of the ranking count, from 1 to the number of classes; 1, 3 and 5 are usual. */
  readonly k: number
}

/** What a propensity-scored measure of the first k places needs. */
export interface PropensityScoredOptions extends TopKOptions {
  /** The probability that a true label of each class is observed, [C], above 0 and at most 1, as `labelPropensities` of the training set gives it. */
  readonly propensities: ArrayLike<number>
}

/** The gain of each of the first k places of one sample: what its class is worth if it is a positive, else 0. */
export interface TopKGains {
  readonly attained: readonly number[]
  /** Those of the best ranking: the positives by descending worth, so fewer than k where there are fewer positives. */
  readonly best: readonly number[]
}

/** The gains of each sample with a known label, where every positive is worth 1. */
export function topKGains(options: TopKOptions): readonly TopKGains[] {
  return gainsOfSamples(options, () => 1)
}

/**
 * The gains of each sample with a known label, where a positive is worth 1/p: it stands for all labels of its class of which
 * it is the one that was observed.
 */
export function inversePropensityGains({ propensities, ...options }: PropensityScoredOptions): readonly TopKGains[] {
  const p = requirePropensities(perClassNumbers('propensities', propensities, options.scores.classCount))
  return gainsOfSamples(options, (index) => 1 / p[index]!)
}

/** Σ of the gains. */
export function totalGain(gains: readonly number[]): number {
  return gains.reduce((sum, gain) => sum + gain, 0)
}

function gainsOfSamples({ k, ...samples }: TopKOptions, worth: (index: number) => number): readonly TopKGains[] {
  const scored = readScoredLabels(samples)
  checkNumber('k', k, { integer: true, minimum: 1, maximum: scored.classCount })
  return measureRankings(scored, (ranking) => gainsOf(ranking, k, worth))
}

function gainsOf({ order, labels }: SampleRanking, k: number, worth: (index: number) => number): TopKGains {
  const positives = order.filter((index) => labels[index] === 1)
  return {
    attained: order.slice(0, k).map((index) => (labels[index] === 1 ? worth(index) : 0)),
    best: positives
      .map(worth)
      .sort((a, b) => b - a)
      .slice(0, k),
  }
}
