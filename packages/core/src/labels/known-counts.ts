import type { LabelStatistics } from './statistics.ts'

/** The samples in which the label of each class is known, [C]. */
export function knownCounts(statistics: LabelStatistics): readonly number[] {
  return statistics.knownCounts ?? statistics.classCounts.map(() => statistics.sampleCount)
}
