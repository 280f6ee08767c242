import { rankByScore } from './score-ranking.ts'

/** A class, prepared so that its average precision can be computed again and again with other weights of the samples. */
export interface ResampledClass {
  /** The known samples by descending score, down to the last step that holds a positive: none below matters. */
  readonly samples: Int32Array
  /** The positives among them. */
  readonly positives: Int32Array
  /** For each step that holds positives, where it ends in `samples` and in `positives`. */
  readonly steps: readonly { readonly sampleEnd: number; readonly positiveEnd: number }[]
}

/** Sorts a class once; see {@link rankByScore}. */
export function prepareClass(labels: Int8Array, scores: Float64Array): ResampledClass {
  const { order, steps } = rankByScore(labels, scores)
  const withPositives = steps.filter(({ agreed }, place) => agreed > (steps[place - 1]?.agreed ?? 0))
  const samples = Int32Array.from(order.slice(0, withPositives.at(-1)?.predicted ?? 0))
  return {
    samples,
    positives: samples.filter((sample) => labels[sample] === 1),
    steps: withPositives.map(({ predicted, agreed }) => ({ sampleEnd: predicted, positiveEnd: agreed })),
  }
}

/**
 * The average precision where sample n counts `weights[n]` times, in O(N); NaN when the positives weigh nothing.
 *
 * As scikit-learn's `average_precision_score` with `sample_weight`.
 */
export function weightedAveragePrecision(
  { samples, positives, steps }: ResampledClass,
  weights: ArrayLike<number>,
): number {
  let sum = 0
  let predicted = 0
  let agreed = 0
  let sample = 0
  let positive = 0
  for (const { sampleEnd, positiveEnd } of steps) {
    for (; sample < sampleEnd; sample++) predicted += weights[samples[sample]!]!
    const agreedBefore = agreed
    for (; positive < positiveEnd; positive++) agreed += weights[positives[positive]!]!
    if (agreed > agreedBefore) sum += (agreed - agreedBefore) * (agreed / predicted)
  }
  return agreed === 0 ? Number.NaN : sum / agreed
}
