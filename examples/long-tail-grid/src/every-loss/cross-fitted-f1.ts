import { longTailMetrics, tuneThresholds } from '@dbloss/core'
import type { StackedRuns } from './stacked-runs.ts'

/** Micro and macro F1. */
export interface F1 {
  readonly micro: number
  readonly macro: number
}

/**
 * F1 at tuned thresholds, which every loss has, also one whose scores are no logits: thresholds of one half of the test samples decide on
 * the other half, and the other way round; the mean of both.
 */
export function crossFittedF1({ labels, statistics, classCount }: StackedRuns, scores: Float32Array): F1 {
  const halves = [0, 1].map((parity) => {
    const rows = labels.map((_, row) => row).filter((row) => row % 2 === parity)
    const data = new Float32Array(rows.length * classCount)
    for (const [place, row] of rows.entries()) {
      data.set(scores.subarray(row * classCount, (row + 1) * classCount), place * classCount)
    }
    return { labels: rows.map((row) => labels[row]!), scores: { data, classCount } }
  })
  const [first, second] = [
    [halves[0]!, halves[1]!],
    [halves[1]!, halves[0]!],
  ].map(([tuning, other]) => {
    const { thresholds } = tuneThresholds(tuning!)
    return longTailMetrics({ ...other!, statistics, thresholds }).f1
  })
  return { micro: (first!.micro + second!.micro) / 2, macro: (first!.macro + second!.macro) / 2 }
}
