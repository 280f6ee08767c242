import { DblossError } from '../errors.ts'
import { knownCounts } from './known-counts.ts'
import { uniteLabelSets } from './label-sets.ts'
import type { LabelStatistics } from './statistics.ts'

/**
 * The statistics of two disjoint parts of a data set taken together; merging shards in any order equals counting the
 * whole. Class names and the pseudo-count may be given in one part only. Label sets survive when both parts have them.
 *
 * @throws DblossError `statistics` when the parts differ in the number or names of classes, or in the pseudo-count.
 */
export function mergeStatistics(a: LabelStatistics, b: LabelStatistics): LabelStatistics {
  if (a.classCount !== b.classCount) throw disagreement('classCount', a.classCount, b.classCount)
  const classNames = a.classNames ?? b.classNames
  const renamed = a.classNames?.findIndex((name, index) => name !== (b.classNames ?? a.classNames)?.[index]) ?? -1
  if (renamed >= 0) throw disagreement(`classNames[${renamed}]`, a.classNames?.[renamed], b.classNames?.[renamed])
  const pseudoCount = a.pseudoCount ?? b.pseudoCount
  if (a.pseudoCount !== undefined && b.pseudoCount !== undefined && a.pseudoCount !== b.pseudoCount) {
    throw disagreement('pseudoCount', a.pseudoCount, b.pseudoCount)
  }
  return {
    sampleCount: a.sampleCount + b.sampleCount,
    classCount: a.classCount,
    classCounts: addCounts(a.classCounts, b.classCounts),
    ...(a.knownCounts === undefined && b.knownCounts === undefined
      ? {}
      : { knownCounts: addCounts(knownCounts(a), knownCounts(b)) }),
    ...(classNames === undefined ? {} : { classNames }),
    ...(pseudoCount === undefined ? {} : { pseudoCount }),
    ...(a.labelSets === undefined || b.labelSets === undefined
      ? {}
      : { labelSets: uniteLabelSets(a.labelSets, b.labelSets) }),
  }
}

function addCounts(a: readonly number[], b: readonly number[]): number[] {
  return a.map((count, index) => count + b[index]!)
}

function disagreement(property: string, a: unknown, b: unknown): DblossError {
  return new DblossError('statistics', `${property} is ${String(a)} in one part and ${String(b)} in the other`, {
    argument: 'statistics',
    found: [a, b],
    expected: `the same ${property} in both parts`,
  })
}
