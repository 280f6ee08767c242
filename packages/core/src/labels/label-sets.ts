import { none } from './label-row.ts'
import { labelSetTable } from './label-set-table.ts'

/** A set of positive classes and how many samples carry exactly this set. */
export interface LabelSet {
  /** The positive classes, ascending; empty for samples without positives. */
  readonly classes: readonly number[]
  /** The classes whose label is unknown in these samples, ascending; absent when all are known. */
  readonly unknown?: readonly number[]
  readonly count: number
}

/** Adds up the counts of equal label sets; the order does not depend on that of the input. */
export function uniteLabelSets(...parts: readonly (readonly LabelSet[])[]): LabelSet[] {
  const table = labelSetTable()
  for (const sets of parts) {
    for (const { classes, unknown = none, count } of sets) table.add(classes, unknown, count)
  }
  return table.labelSets()
}
