import type { LabelRows } from './label-matrix.ts'

/** For each class the indices of the samples that carry it, ascending. */
export function classMembers({ classCount, rows }: LabelRows): number[][] {
  const members: number[][] = Array.from({ length: classCount }, () => [])
  rows.forEach(({ classes }, sample) => {
    for (const index of classes) members[index]!.push(sample)
  })
  return members
}
