import { sigmoid, softplus } from '../formula/evaluate.ts'
import { boundedRoot } from './bounded-root.ts'
import { scaleByTemperature } from './scale-by-temperature.ts'
import {
  classColumn,
  readScoredLabels,
  requireFiniteScores,
  requireKnownLabels,
  type ScoredSamples,
} from './scored-labels.ts'

/** What {@link fitTemperature} needs; the samples are those of a validation set. */
export interface FitTemperatureOptions extends ScoredSamples {
  /** One temperature for all classes, or one a class, which needs positives and negatives of each. Default `shared`. */
  readonly scope?: 'shared' | 'per-class'
}

/** What {@link fitTemperature} gives. */
export interface FittedTemperature {
  /** T, [C]: all the same when shared. Divide the logits by it, as {@link scaleByTemperature} does. */
  readonly temperatures: readonly number[]
  /** The classes whose temperature stands at a bound, ascending: all or none when shared. */
  readonly boundedClasses: readonly number[]
  /** The mean binary cross-entropy of the known labels at T = 1 and at the fitted temperatures. */
  readonly loss: { readonly before: number; readonly after: number }
}

/** Bounds of 1 / T. */
const inverseBounds = { lower: 1 / 100, upper: 100, start: 1 }

/**
 * Temperature scaling (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017) for sigmoids: the T that makes
 * the binary cross-entropy of the known labels of a validation set smallest,
 *
 *     min over T of mean [softplus(z / T) − y z / T]
 *
 * It is convex in s = 1 / T; s is found by a safeguarded Newton method in float64. A temperature changes no ranking within
 * a class and no decision at logit 0; a shared one no ranking at all.
 *
 * T stays within [0.01, 100]. Data whose labels the sign of the logit tells without an error (a class without positives
 * among them, if all its logits are negative) would take T to 0: the bound 0.01 is returned, and the class is listed in
 * `boundedClasses`. Logits that are wrong more than right would take it to ∞ and beyond: 100. Where the loss does not
 * depend on T (no known labels, or only logits 0) T is 1.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels or only unknown ones, `logits`
 * for a score that is not finite.
 */
export function fitTemperature({ scope = 'shared', ...samples }: FitTemperatureOptions): FittedTemperature {
  const scored = readScoredLabels(samples)
  requireFiniteScores(scored)
  requireKnownLabels(scored)
  const { labels, scores, classCount } = scored
  const inverses =
    scope === 'shared'
      ? new Array<number>(classCount).fill(inverseTemperature(labels, scores))
      : Array.from({ length: classCount }, (_, index) => {
          const column = classColumn(scored, index)
          return inverseTemperature(column.labels, column.scores)
        })
  const temperatures = inverses.map((inverse) => 1 / inverse)
  const isBound = (inverse: number): boolean => inverse === inverseBounds.lower || inverse === inverseBounds.upper
  return {
    temperatures,
    boundedClasses: inverses.flatMap((inverse, index) => (isBound(inverse) ? [index] : [])),
    loss: {
      before: meanCrossEntropy(labels, scores),
      after: meanCrossEntropy(labels, scaleByTemperature(samples.scores, temperatures).data),
    },
  }
}

/** 1 / T. */
function inverseTemperature(labels: Int8Array, scores: ArrayLike<number>): number {
  if (labels.every((label, element) => label === -1 || scores[element] === 0)) return 1
  return boundedRoot((inverse) => {
    let value = 0
    let slope = 0
    labels.forEach((label, element) => {
      if (label === -1) return
      const score = scores[element]!
      const probability = sigmoid(inverse * score)
      const rest = sigmoid(-inverse * score)
      // The derivatives of the loss with respect to 1 / T; σ − 1 as −σ(−z), which keeps its digits near 0.
      value += (label === 1 ? -rest : probability) * score
      slope += probability * rest * score * score
    })
    return { value, slope }
  }, inverseBounds)
}

function meanCrossEntropy(labels: Int8Array, logits: ArrayLike<number>): number {
  let sum = 0
  let known = 0
  labels.forEach((label, element) => {
    if (label === -1) return
    const logit = logits[element]!
    sum += softplus(label === 1 ? -logit : logit)
    known++
  })
  return sum / known
}
