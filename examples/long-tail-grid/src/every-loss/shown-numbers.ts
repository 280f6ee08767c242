import type { ComparedLoss } from './compare-losses.ts'

/** Percent with one decimal. */
export const shown = (value: number | undefined): string => value?.toFixed(1) ?? '–'

/** A difference in points. */
export const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`

/** The mAP of a split with its interval. */
export function withInterval({ map, intervals }: ComparedLoss, split: 'all' | 'tail'): string {
  const interval = intervals[split]
  return interval === undefined ? '–' : `${shown(map[split])} [${interval.map((end) => end.toFixed(1)).join(', ')}]`
}
