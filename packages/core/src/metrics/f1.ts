/** F1 of the known labels at the decision thresholds. */
export interface F1Scores {
  /** Over all elements together. */
  readonly micro: number
  /** The mean over all classes. */
  readonly macro: number
  /** The mean over the samples with at least one known label. */
  readonly samples: number
}

/** Labels and decisions, row-major [N, C]. */
interface Decisions {
  /** 1, 0, or −1 for unknown. */
  readonly labels: Int8Array
  readonly isPredicted: (element: number) => boolean
  readonly classCount: number
}

/** How often label and prediction agree on a positive, and how many positives there are on both sides. */
interface Counts {
  known: number
  agreed: number
  labelled: number
  predicted: number
}

/** F1 = 2 TP / (2 TP + FP + FN), and 0 where that is 0 / 0, as scikit-learn's `f1_score` with `zero_division=0`. */
export function f1Scores({ labels, isPredicted, classCount }: Decisions): F1Scores {
  const total = noCounts()
  const byClass = Array.from({ length: classCount }, noCounts)
  const bySample = Array.from({ length: labels.length / classCount }, noCounts)
  labels.forEach((label, element) => {
    if (label === -1) return
    const predicted = isPredicted(element) ? 1 : 0
    const groups = [total, byClass[element % classCount]!, bySample[Math.floor(element / classCount)]!]
    for (const counts of groups) {
      counts.known++
      counts.labelled += label
      counts.predicted += predicted
      counts.agreed += label * predicted
    }
  })
  return {
    micro: f1(total),
    macro: mean(byClass.map(f1)),
    samples: mean(bySample.filter(({ known }) => known > 0).map(f1)),
  }
}

function noCounts(): Counts {
  return { known: 0, agreed: 0, labelled: 0, predicted: 0 }
}

function f1({ agreed, labelled, predicted }: Counts): number {
  return labelled + predicted === 0 ? 0 : (2 * agreed) / (labelled + predicted)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
