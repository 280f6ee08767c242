import type { ScoredMatrix } from './scored-labels.ts'

/** How often label and prediction agree on a positive, and how many positives there are on both sides. */
export interface DecisionCounts {
  /** Elements with a known label. */
  known: number
  /** TP. */
  agreed: number
  /** TP + FN. */
  labelled: number
  /** TP + FP. */
  predicted: number
}

/** The counts of all elements together, of each class and of each sample. */
export interface GroupedDecisionCounts {
  readonly total: DecisionCounts
  readonly byClass: readonly DecisionCounts[]
  readonly bySample: readonly DecisionCounts[]
}

/** Counts the known elements; class c is predicted where its score is above `thresholds[c]`. */
export function countDecisions(scored: ScoredMatrix, thresholds: readonly number[]): GroupedDecisionCounts {
  const { labels, scores, sampleCount, classCount } = scored
  const total = noCounts()
  const byClass = Array.from({ length: classCount }, noCounts)
  const bySample = Array.from({ length: sampleCount }, noCounts)
  labels.forEach((label, element) => {
    if (label === -1) return
    const index = element % classCount
    const predicted = scores[element]! > thresholds[index]! ? 1 : 0
    for (const counts of [total, byClass[index]!, bySample[Math.floor(element / classCount)]!]) {
      counts.known++
      counts.labelled += label
      counts.predicted += predicted
      counts.agreed += label * predicted
    }
  })
  return { total, byClass, bySample }
}

function noCounts(): DecisionCounts {
  return { known: 0, agreed: 0, labelled: 0, predicted: 0 }
}
