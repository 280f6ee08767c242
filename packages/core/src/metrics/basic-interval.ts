import { percentileInterval } from './percentile-interval.ts'

/** A number and how sure it is. */
export interface ConfidenceInterval {
  /** On the samples as they are. */
  readonly estimate: number
  readonly lower: number
  readonly upper: number
  /** The mean over the resamples minus the estimate: what resampling adds, and the interval takes back. */
  readonly bias: number
  /** The resamples that the interval rests on: those in which the number is defined. */
  readonly resamples: number
}

/** The numbers that are possible at all. */
export type IntervalRange = readonly [lowest: number, highest: number]

/**
 * The basic bootstrap interval: with the quantiles q of the resampled values, from 2 · estimate − q_upper to
 * 2 · estimate − q_lower, as far as that lies in `range`. NaN values are left out.
 */
export function basicInterval(
  estimate: number,
  resampled: readonly number[],
  { confidence = 0.95, range }: { readonly confidence: number | undefined; readonly range: IntervalRange },
): ConfidenceInterval {
  const values = resampled.filter((value) => !Number.isNaN(value))
  const { lower, upper } = percentileInterval(values, confidence)
  const [lowest, highest] = range
  return {
    estimate,
    lower: Math.max(lowest, 2 * estimate - upper),
    upper: Math.min(highest, 2 * estimate - lower),
    bias: values.reduce((sum, value) => sum + value, 0) / values.length - estimate,
    resamples: values.length,
  }
}
