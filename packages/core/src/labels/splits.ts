import { DblossError } from '../errors.ts'
import type { LabelStatistics } from './statistics.ts'

/** Where the splits begin, in training samples of a class. */
export interface SplitThresholds {
  /** Head classes have at least this many. Default 100. */
  readonly head?: number
  /** Tail classes have fewer than this. Default 20. */
  readonly tail?: number
}

/** Class indices by frequency, each ascending. */
export interface ClassSplits {
  readonly head: number[]
  readonly medium: number[]
  readonly tail: number[]
}

/**
 * Splits the classes by their number of training samples: head n ≥ 100, medium 20 ≤ n < 100, tail n < 20
 * (Wu et al., ECCV 2020, section 4).
 *
 * @throws DblossError `argument` unless 0 ≤ tail ≤ head.
 */
export function splitClasses(statistics: LabelStatistics, thresholds: SplitThresholds = {}): ClassSplits {
  const { head = 100, tail = 20 } = thresholds
  if (!(tail >= 0 && tail <= head)) {
    throw new DblossError(
      'argument',
      `the split thresholds are head ${head} and tail ${tail}; expected 0 ≤ tail ≤ head`,
      {
        argument: 'thresholds',
        found: { head, tail },
        expected: '0 ≤ tail ≤ head',
      },
    )
  }
  const splits: ClassSplits = { head: [], medium: [], tail: [] }
  statistics.classCounts.forEach((count, index) => {
    const split = count >= head ? 'head' : count >= tail ? 'medium' : 'tail'
    splits[split].push(index)
  })
  return splits
}
