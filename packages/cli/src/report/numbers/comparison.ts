import {
  bootstrapMap,
  bootstrapMapDifference,
  type ConfidenceInterval,
  type LabelStatistics,
  type SplitIntervals,
} from '@dbloss/core'
import type { ScoredSet } from './scored-set.ts'

/** All classes, or one of the splits by training count. */
export type SplitKey = keyof SplitIntervals

/** In the order in which they are shown. */
export const splitKeys: readonly SplitKey[] = ['all', 'head', 'medium', 'tail']

/** A number with its bootstrap interval. */
export type Interval = Pick<ConfidenceInterval, 'estimate' | 'lower' | 'upper'>

/** How far one run is ahead of another. */
export interface Lead extends Interval {
  readonly over: string
}

/** The best run of a split. */
export interface SplitWinner {
  readonly run: string
  readonly map: Interval
  /** Its mAP minus that of each other run, paired by picture; the closest run first. */
  readonly leads: readonly Lead[]
}

/** The runs beside each other, by mean average precision. */
export interface Comparison {
  readonly confidence: number
  readonly resamples: number
  readonly seed: number
  /** The intervals of each run, in the order of the runs; NaN for a split without a class to average over. */
  readonly runs: readonly { readonly name: string; readonly map: Readonly<Record<SplitKey, Interval>> }[]
  /** Absent for a split without a class to average over. */
  readonly winners: Readonly<Partial<Record<SplitKey, SplitWinner>>>
}

/** How the bootstrap draws. */
export interface BootstrapSettings {
  readonly confidence: number
  readonly resamples: number
  readonly seed: number
}

/** Compares the runs on the evaluated pictures, on the same resamples. */
export function compareRuns(set: ScoredSet, statistics: LabelStatistics, settings: BootstrapSettings): Comparison {
  const shared = { labels: set.labels, statistics, ...settings }
  const names = [...set.scores.keys()]
  const [first] = names as [string]
  const against = (baseline: string) => {
    const scores = Object.fromEntries([...set.scores].filter(([name]) => name !== baseline))
    return bootstrapMapDifference({ ...shared, baseline: set.scores.get(baseline)!, scores })
  }
  if (names.length === 1) {
    const map = bootstrapMap({ ...shared, scores: set.scores.get(first)! })
    return finish([{ name: first, map }], () => [])
  }
  const known = new Map([[first, against(first)]])
  const { baseline, models } = known.get(first)!
  const runs = names.map((name) => ({ name, map: name === first ? baseline : models[name]!.map }))
  return finish(runs, (winner, split) => {
    const differences = known.get(winner) ?? against(winner)
    known.set(winner, differences)
    return Object.entries(differences.models)
      .map(([over, { difference }]) => negated(difference[split], over))
      .sort((a, b) => a.estimate - b.estimate)
  })

  function finish(
    measured: readonly { readonly name: string; readonly map: SplitIntervals }[],
    leadsOf: (winner: string, split: SplitKey) => readonly Lead[],
  ): Comparison {
    const winners = splitKeys.flatMap((split): [SplitKey, SplitWinner][] => {
      const defined = measured.filter(({ map }) => !Number.isNaN(map[split].estimate))
      if (defined.length === 0) return []
      const best = defined.reduce((a, b) => (b.map[split].estimate > a.map[split].estimate ? b : a))
      return [[split, { run: best.name, map: intervalOf(best.map[split]), leads: leadsOf(best.name, split) }]]
    })
    return {
      ...settings,
      runs: measured.map(({ name, map }) => ({ name, map: bySplit((split) => intervalOf(map[split])) })),
      winners: Object.fromEntries(winners),
    }
  }
}

/** One value for all classes and one for each split. */
export function bySplit<Value>(of: (split: SplitKey) => Value): Record<SplitKey, Value> {
  return { all: of('all'), head: of('head'), medium: of('medium'), tail: of('tail') }
}

/** Without what the report does not show. */
export function intervalOf({ estimate, lower, upper }: ConfidenceInterval): Interval {
  return { estimate, lower, upper }
}

/** The winner minus the other, from the other minus the winner. */
function negated({ estimate, lower, upper }: ConfidenceInterval, over: string): Lead {
  // 0 − x, so that no −0 comes out.
  return { over, estimate: 0 - estimate, lower: 0 - upper, upper: 0 - lower }
}
