import { type LabelStatistics, splitClasses } from '@dbloss/core'
import type { LegendEntry } from './legend.ts'

/** The parts of the long tail, with the usual borders, which fit the counts of this set. */
export const splitLegend: readonly LegendEntry[] = [
  { title: 'head: 100 pictures or more', className: 'head' },
  { title: 'medium: 20 to 99', className: 'medium' },
  { title: 'tail: fewer than 20', className: 'tail' },
]

/** `head`, `medium` or `tail` for each kind. */
export function splitNames(statistics: LabelStatistics): string[] {
  const { head, medium } = splitClasses(statistics)
  return statistics.classCounts.map((_, index) =>
    head.includes(index) ? 'head' : medium.includes(index) ? 'medium' : 'tail',
  )
}
