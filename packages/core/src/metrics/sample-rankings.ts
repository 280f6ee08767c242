import { rankByScore, type ScoreRanking } from './score-ranking.ts'
import { requireKnownLabels, type ScoredMatrix } from './scored-labels.ts'

/** The known classes of one sample by descending score; those with tied scores by ascending index. */
export interface SampleRanking extends ScoreRanking {
  /** 1, 0, or −1 for unknown, [C]. */
  readonly labels: Int8Array
}

/**
 * What a measure says of the ranking of each sample; samples without a known label are left out.
 *
 * @throws DblossError `labels` when every label is unknown.
 */
export function measureRankings<T>(scored: ScoredMatrix, measure: (ranking: SampleRanking) => T): readonly T[] {
  requireKnownLabels(scored)
  const { classCount } = scored
  const row = new Float64Array(classCount)
  const measured: T[] = []
  for (let start = 0; start < scored.labels.length; start += classCount) {
    for (let index = 0; index < classCount; index++) row[index] = scored.scores[start + index]!
    const labels = scored.labels.subarray(start, start + classCount)
    const ranking = rankByScore(labels, row)
    if (ranking.order.length > 0) measured.push(measure({ ...ranking, labels }))
  }
  return measured
}
