import { type LabelStatistics, splitClasses } from '@dbloss/core'

/** Where a class belongs by its training count. */
export type SplitOfClass = 'head' | 'medium' | 'tail'

/** For each class the split that `splitClasses` of core puts it into. */
export function splitsOfClasses(statistics: LabelStatistics): SplitOfClass[] {
  const { head, medium } = splitClasses(statistics)
  return statistics.classCounts.map((_, index) =>
    head.includes(index) ? 'head' : medium.includes(index) ? 'medium' : 'tail',
  )
}
