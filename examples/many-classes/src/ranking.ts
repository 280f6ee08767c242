import type { ClassRows } from './linear-head.ts'
import { computeLogits } from './linear-head.ts'
import type { Samples } from './long-tailed-data.ts'

/** How well the classes of samples are ranked. */
export interface Ranking {
  /** The share of samples whose first class is right. */
  readonly precisionAt1: number
  /** The share of a sample's classes that are among the first ten, averaged over samples. */
  readonly recallAt10: number
}

/** Ranks all classes for each sample, one sample after the other: C scores at a time. */
export function measureRanking(head: ClassRows, { features, labels }: Samples): Ranking {
  const scores = new Float32Array(head.weights.length / head.width)
  return averageRanking(labels, (row) => {
    computeLogits(head, features.subarray(row * head.width, (row + 1) * head.width), scores)
    return firstTen(scores)
  })
}

/** What the same ten classes for every sample give. */
export function rankingOf(first: readonly number[], { labels }: Samples): Ranking {
  return averageRanking(labels, () => first)
}

function averageRanking(
  labels: readonly (readonly number[])[],
  firstClasses: (row: number) => readonly number[],
): Ranking {
  let precision = 0
  let recall = 0
  labels.forEach((classes, row) => {
    const first = firstClasses(row)
    if (classes.includes(first[0]!)) precision++
    recall += classes.filter((index) => first.includes(index)).length / classes.length
  })
  return { precisionAt1: precision / labels.length, recallAt10: recall / labels.length }
}

/** The ten classes of the largest scores, best first. */
export function firstTen(scores: ArrayLike<number>): number[] {
  const best: number[] = []
  for (let index = 0; index < scores.length; index++) {
    if (best.length === 10 && !(scores[index]! > scores[best[9]!]!)) continue
    let place = Math.min(best.length, 9)
    for (; place > 0 && scores[index]! > scores[best[place - 1]!]!; place--) best[place] = best[place - 1]!
    best[place] = index
  }
  return best
}
