import { DblossError } from '../errors.ts'
import { checkClasses } from './gather-classes.ts'
import type { LabelStatistics } from './statistics.ts'

/**
 * The statistics of some classes only, in the order given: what a loss with class vectors is made from for logits of these
 * classes. Label sets are left out.
 *
 * Where the set has all positives of a batch, the re-balancing weights of Distribution-Balanced loss are those of all
 * classes: its sum goes over the positives only.
 *
 * @throws DblossError `argument` for a class that the statistics do not describe, `shape` for no classes at all.
 */
export function gatherStatistics(statistics: LabelStatistics, classes: ArrayLike<number>): LabelStatistics {
  if (classes.length === 0) {
    throw new DblossError('shape', 'classes is empty; expected at least one class', {
      argument: 'classes',
      found: 0,
      expected: 'at least one class',
    })
  }
  checkClasses(classes, statistics.classCount)
  const { labelSets: _, classCounts, knownCounts, classNames, ...rest } = statistics
  const gather = <Item>(items: readonly Item[]): Item[] => Array.from(classes, (index) => items[index]!)
  return {
    ...rest,
    classCount: classes.length,
    classCounts: gather(classCounts),
    ...(knownCounts === undefined ? {} : { knownCounts: gather(knownCounts) }),
    ...(classNames === undefined ? {} : { classNames: gather(classNames) }),
  }
}
