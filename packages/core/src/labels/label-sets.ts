import type { LabelRow } from './label-matrix.ts'

/** A set of positive classes and how many samples carry exactly this set. */
export interface LabelSet {
  /** The positive classes, ascending; empty for samples without positives. */
  readonly classes: readonly number[]
  /** The classes whose label is unknown in these samples, ascending; absent when all are known. */
  readonly unknown?: readonly number[]
  readonly count: number
}

/** The distinct label sets of hard labels with their multiplicity, in lexicographic order. */
export function distinctLabelSets(rows: readonly LabelRow[]): LabelSet[] {
  return uniteLabelSets(
    rows.map(({ classes, unknown }) => (unknown.length === 0 ? { classes, count: 1 } : { classes, unknown, count: 1 })),
  )
}

/** Adds up the counts of equal label sets; the order does not depend on that of the input. */
export function uniteLabelSets(sets: readonly LabelSet[]): LabelSet[] {
  const united = new Map<string, LabelSet>()
  for (const set of sets) {
    const key = `${set.classes.join()}|${set.unknown?.join() ?? ''}`
    united.set(key, { ...set, count: set.count + (united.get(key)?.count ?? 0) })
  }
  return [...united.values()].sort(
    (a, b) => compareLists(a.classes, b.classes) || compareLists(a.unknown ?? [], b.unknown ?? []),
  )
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index++) {
    if (a[index] !== b[index]) return a[index]! - b[index]!
  }
  return a.length - b.length
}
