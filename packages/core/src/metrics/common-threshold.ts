import { cutBelow } from './cut-below.ts'
import type { ScoreRanking } from './score-ranking.ts'

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
  const descending = [...new Set(rankings.flatMap(positiveScores))].sort((a, b) => b - a)
  const places = rankings.map(() => 0)
  const decisions = rankings.map(({ positives }): ClassDecisions => ({ labelled: positives, predicted: 0, agreed: 0 }))
  let best = { value: Number.NEGATIVE_INFINITY, threshold: 0 }
  for (const score of descending) {
    rankings.forEach(({ steps, positives }, index) => {
      let place = places[index]!
      while (place < steps.length && steps[place]!.score >= score) place++
      if (place === places[index]) return
      places[index] = place
      const { predicted, agreed } = steps[place - 1]!
      decisions[index] = { labelled: positives, predicted, agreed }
    })
    const value = goodness(decisions)
    if (value < best.value) continue
    const threshold = cutBelow(score, highestScore(rankings, places))
    if (value > best.value || Math.abs(threshold) < Math.abs(best.threshold)) best = { value, threshold }
  }
  return best.threshold
}

function positiveScores({ steps }: ScoreRanking): number[] {
  return steps.flatMap(({ score, agreed }, place) => (agreed > (steps[place - 1]?.agreed ?? 0) ? [score] : []))
}

/** The highest score from the given places on; undefined where there is none. */
function highestScore(rankings: readonly ScoreRanking[], places: readonly number[]): number | undefined {
  let highest: number | undefined
  rankings.forEach(({ steps }, index) => {
    const score = steps[places[index]!]?.score
    if (score !== undefined && (highest === undefined || score > highest)) highest = score
  })
  return highest
}
