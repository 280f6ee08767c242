import type { LabelStatistics } from './statistics.ts'
import { requireLabelSets } from './statistics.ts'

/**
 * How many samples carry both class i and class j, `counts[i][j]`, [C, C]; symmetric, with n_i on the diagonal.
 *
 * @throws DblossError `statistics` for statistics without label sets.
 */
export function coOccurrence(statistics: LabelStatistics): number[][] {
  const counts = squareMatrix(statistics.classCount)
  for (const { classes, count } of requireLabelSets(statistics, 'co-occurrence')) {
    for (const i of classes) for (const j of classes) counts[i]![j]! += count
  }
  return counts
}

/**
 * The probability that a sample which carries class j carries class i too, `probabilities[i][j]` = p(i | j), [C, C]:
 * over the samples that carry j and in which i is known. 0 where there is no such sample.
 *
 * @throws DblossError `statistics` for statistics without label sets.
 */
export function conditionalProbabilities(statistics: LabelStatistics): number[][] {
  const { classCounts, classCount } = statistics
  const undecided = squareMatrix(classCount)
  for (const { classes, unknown = [], count } of requireLabelSets(statistics, 'conditional probability')) {
    for (const i of unknown) for (const j of classes) undecided[i]![j]! += count
  }
  return coOccurrence(statistics).map((counts, i) =>
    counts.map((count, j) => (count === 0 ? 0 : count / (classCounts[j]! - undecided[i]![j]!))),
  )
}

function squareMatrix(size: number): number[][] {
  return Array.from({ length: size }, () => new Array<number>(size).fill(0))
}
