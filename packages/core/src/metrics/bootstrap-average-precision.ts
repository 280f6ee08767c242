import { checkNumber } from '../check-number.ts'
import { basicInterval, type ConfidenceInterval } from './basic-interval.ts'
import { type DrawingOptions, resampleWeights } from './resample-weights.ts'
import { classColumn, readScoredLabels, type ScoredSamples } from './scored-labels.ts'
import { prepareClass, weightedAveragePrecision } from './weighted-average-precision.ts'

/** What {@link bootstrapAveragePrecision} needs. */
export interface BootstrapAveragePrecisionOptions extends ScoredSamples, DrawingOptions {
  /** The share of the resamples that lies in the interval, between 0 and 1. Default 0.95. */
  readonly confidence?: number
}

/**
 * The average precision of each class with a basic bootstrap interval, as `bootstrapMap` has them of the means, on the same
 * resamples where the seed is the same. [C]; NaN for a class without positives.
 *
 * The interval of a class with few positives is rough: it knows only the positives that are there.
 *
 * Takes O(N C) a resample, and memory for `resamples` numbers a class.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels, `logits` for a NaN score,
 * `argument` for `resamples`, `confidence` or `seed` out of range.
 */
export function bootstrapAveragePrecision(options: BootstrapAveragePrecisionOptions): ConfidenceInterval[] {
  const { confidence = 0.95 } = options
  checkNumber('confidence', confidence, { above: 0, below: 1 })
  const scored = readScoredLabels(options)
  const { sampleCount, classCount } = scored
  const classes = Array.from({ length: classCount }, (_, index) => {
    const { labels, scores } = classColumn(scored, index)
    return { prepared: prepareClass(labels, scores), resampled: [] as number[] }
  })
  for (const weights of resampleWeights(sampleCount, options)) {
    for (const { prepared, resampled } of classes) resampled.push(weightedAveragePrecision(prepared, weights))
  }
  const once = new Int32Array(sampleCount).fill(1)
  return classes.map(({ prepared, resampled }) =>
    basicInterval(weightedAveragePrecision(prepared, once), resampled, { confidence, range: [0, 1] }),
  )
}
