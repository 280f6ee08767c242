import { checkNumber } from '../check-number.ts'
import type { LabelSet } from './label-sets.ts'
import { type LabelStatistics, requireLabelSets } from './statistics.ts'

/** Two classes that samples carry together. */
export interface ClassPair {
  /** The class indices, the smaller first. */
  readonly classes: readonly [number, number]
  /** The samples that carry both. */
  readonly count: number
}

/** What {@link coOccurringPairs} gives. */
export interface CoOccurringPairsOptions {
  /** How many pairs at most. Default: all. */
  readonly limit?: number
}

/**
 * The pairs of classes that samples carry together, most frequent first; of equal ones the lower class indices first.
 * Only pairs that occur take memory, so it fits any number of classes, where `coOccurrence` needs C x C.
 *
 * @throws DblossError `statistics` for statistics without label sets, `argument` unless `limit` is a positive integer.
 */
export function coOccurringPairs(statistics: LabelStatistics, options: CoOccurringPairsOptions = {}): ClassPair[] {
  const { limit = Infinity } = options
  if (limit !== Infinity) checkNumber('limit', limit, { integer: true, minimum: 1 })
  const pairs = companions(requireLabelSets(statistics, 'co-occurrence')).entries()
  const counted = [...pairs].flatMap(([first, others]) =>
    [...others].flatMap(([second, count]): ClassPair[] =>
      second > first ? [{ classes: [first, second], count }] : [],
    ),
  )
  counted.sort((a, b) => b.count - a.count || a.classes[0] - b.classes[0] || a.classes[1] - b.classes[1])
  return limit < counted.length ? counted.slice(0, limit) : counted
}

/** For each class that is carried, the samples it shares with each class, itself included. */
export function companions(labelSets: readonly LabelSet[]): Map<number, Map<number, number>> {
  const counts = new Map<number, Map<number, number>>()
  for (const { classes, count } of labelSets) addPairs(counts, classes, classes, count)
  return counts
}

/**
 * Σ_j p(i | j) of each class, [C]: how much of the other classes' samples a class accompanies, with p of
 * `conditionalProbabilities`. Only pairs that occur take memory.
 */
export function companionship(labelSets: readonly LabelSet[], classCounts: ArrayLike<number>): Float64Array {
  const undecided = new Map<number, Map<number, number>>()
  for (const { classes, unknown = [], count } of labelSets) addPairs(undecided, unknown, classes, count)
  const sums = new Float64Array(classCounts.length)
  for (const [i, others] of companions(labelSets)) {
    // In the order of the classes, so that the sum does not depend on that of the samples.
    for (const [j, count] of [...others].sort(([a], [b]) => a - b)) {
      sums[i]! += count / (classCounts[j]! - (undecided.get(i)?.get(j) ?? 0))
    }
  }
  return sums
}

function addPairs(
  counts: Map<number, Map<number, number>>,
  rows: readonly number[],
  columns: readonly number[],
  count: number,
): void {
  for (const i of rows) {
    let row = counts.get(i)
    if (row === undefined) {
      row = new Map()
      counts.set(i, row)
    }
    for (const j of columns) row.set(j, (row.get(j) ?? 0) + count)
  }
}
