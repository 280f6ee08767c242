/** What has this score or a higher one: the decisions that a threshold just below it makes. */
export interface ScoreStep {
  readonly score: number
  /** How many of the ranked. */
  readonly predicted: number
  /** How many positives among them. */
  readonly agreed: number
}

/** Items with known labels by descending score; those with tied scores are one step, because no threshold parts them. */
export interface ScoreRanking {
  /** The places of the known items. */
  readonly order: readonly number[]
  /** Of the distinct scores, descending; `predicted` counts from the start of `order`. */
  readonly steps: readonly ScoreStep[]
  readonly positives: number
}

/**
 * Ranks the samples of one class, or the classes of one sample.
 *
 * @param labels 1, 0, or −1 for unknown: left out.
 * @param scores numbers without NaN where the label is known.
 */
export function rankByScore(labels: ArrayLike<number>, scores: ArrayLike<number>): ScoreRanking {
  const order: number[] = []
  for (let item = 0; item < labels.length; item++) if (labels[item] !== -1) order.push(item)
  // Compared, not subtracted: ∞ − ∞ would be NaN.
  order.sort((a, b) => (scores[a]! < scores[b]! ? 1 : scores[a]! > scores[b]! ? -1 : 0))
  const steps: ScoreStep[] = []
  let predicted = 0
  let agreed = 0
  while (predicted < order.length) {
    const score = scores[order[predicted]!]!
    for (; predicted < order.length && scores[order[predicted]!] === score; predicted++) {
      agreed += labels[order[predicted]!]!
    }
    steps.push({ score, predicted, agreed })
  }
  return { order, steps, positives: agreed }
}
