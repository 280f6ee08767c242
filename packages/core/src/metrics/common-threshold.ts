import { cutBelow } from './cut-below.ts'
import type { ScoreRanking, ScoreStep } from './score-ranking.ts'

/** How good decisions are, from those of each class: the larger, the better. */
export type DecisionValue = (classes: readonly ClassDecisions[]) => number

/** The decisions on the samples of one class. */
export interface ClassDecisions {
  /** Its known positives. */
  readonly labelled: number
  readonly predicted: number
  /** The positives among the predicted. */
  readonly agreed: number
}

/**
 * The one threshold for all classes with the highest value; of equally good ones that nearest to 0, the threshold without tuning.
 *
 * F1 is highest just below the score of a positive: what is tried lies midway between that and the next lower score of any
 * class, and where there is none as {@link cutBelow} says. Without positives it is 0.
 */
export function commonThreshold(rankings: readonly ScoreRanking[], goodness: DecisionValue): number {
  const scores = new Set(rankings.flatMap(positiveScores))
  let best = { value: Number.NEGATIVE_INFINITY, threshold: 0 }
  for (const score of scores) {
    const places = rankings.map(({ steps }) => countAtLeast(steps, score))
    const value = goodness(
      rankings.map(({ steps, positives }, index) => {
        const { predicted, agreed } = steps[places[index]! - 1] ?? { predicted: 0, agreed: 0 }
        return { labelled: positives, predicted, agreed }
      }),
    )
    if (value < best.value) continue
    const lower = rankings.flatMap(({ steps }, index) => steps[places[index]!]?.score ?? [])
    const threshold = cutBelow(
      score,
      lower.length === 0 ? undefined : lower.reduce((highest, next) => Math.max(highest, next)),
    )
    if (value > best.value || Math.abs(threshold) < Math.abs(best.threshold)) best = { value, threshold }
  }
  return best.threshold
}

function positiveScores({ steps }: ScoreRanking): number[] {
  return steps.flatMap(({ score, agreed }, place) => (agreed > (steps[place - 1]?.agreed ?? 0) ? [score] : []))
}

/** How many steps, which descend, have this score or a higher one. */
function countAtLeast(steps: readonly ScoreStep[], score: number): number {
  let [low, high] = [0, steps.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (steps[middle]!.score >= score) low = middle + 1
    else high = middle
  }
  return low
}
