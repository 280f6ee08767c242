import { checkNumber } from '../check-number.ts'
import { type ReliabilityBin, reliabilityBins } from './reliability-bins.ts'
import { classColumn, readScoredLabels, requireKnownLabels, type ScoredSamples } from './scored-labels.ts'

/** What {@link expectedCalibrationError} needs. */
export interface CalibrationOptions extends ScoredSamples {
  /** The number of bins of equal width. Default 15. */
  readonly bins?: number
}

/** How far probabilities are from shares, and the bins that say so. */
export interface Calibration {
  /** ECE, from 0 to 1; NaN without known labels. */
  readonly error: number
  /** By probability, ascending; without the empty ones. */
  readonly bins: readonly ReliabilityBin[]
}

/** What {@link expectedCalibrationError} gives. */
export interface CalibrationErrors {
  /** Over the elements of all classes together. */
  readonly micro: Calibration
  /** The mean error of the classes that have known labels. */
  readonly macro: number
  /** [C] */
  readonly perClass: readonly Calibration[]
}

/**
 * The expected calibration error of the probabilities σ(score):
 *
 *     ECE = Σ_b (n_b / n) |mean of σ(z) in bin b − share of positives in bin b|
 *
 * with bins of equal width on [0, 1], as Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, define it for
 * the confidence of the predicted class. Each label of multi-label data is a question of its own, so here it is the
 * probability of the label that counts, over all known labels: of one class, or of all together. Labels are mostly
 * negative and mostly easy, which makes `micro` small: look at `macro` and the classes too.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels or only unknown ones, `logits`
 * for a NaN score, `argument` unless `bins` is a positive integer.
 */
export function expectedCalibrationError({ bins = 15, ...samples }: CalibrationOptions): CalibrationErrors {
  checkNumber('bins', bins, { integer: true, minimum: 1 })
  const scored = readScoredLabels(samples)
  requireKnownLabels(scored)
  const perClass = Array.from({ length: scored.classCount }, (_, index) => {
    const { labels, scores } = classColumn(scored, index)
    return calibrationOf(reliabilityBins(labels, scores, bins))
  })
  const errors = perClass.map(({ error }) => error).filter((error) => !Number.isNaN(error))
  return {
    micro: calibrationOf(reliabilityBins(scored.labels, scored.scores, bins)),
    macro: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    perClass,
  }
}

function calibrationOf(bins: readonly ReliabilityBin[]): Calibration {
  const total = bins.reduce((sum, { count }) => sum + count, 0)
  const gaps = bins.reduce(
    (sum, { count, meanProbability, positiveShare }) => sum + count * Math.abs(meanProbability - positiveShare),
    0,
  )
  return { error: gaps / total, bins }
}
