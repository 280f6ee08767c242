import { checkNumber } from '../check-number.ts'
import { createRandom } from '../random.ts'
import { classMembers } from './class-members.ts'
import { type ClassOptions, givenClasses } from './class-names.ts'
import { companionship } from './co-occurring-pairs.ts'
import { type DataSetLabels, type LabelRows, readHardLabels } from './label-matrix.ts'
import { uniteLabelSets } from './label-sets.ts'

/** What {@link longTailedSubset} needs. */
export interface LongTailedSubsetOptions extends ClassOptions {
  /** The labels of the pool: 0, 1 or −1, which counts as not carried. */
  readonly labels: DataSetLabels
  /** The target count of the most frequent class; 800 for VOC-MLT, 1200 for COCO-MLT. */
  readonly max: number
  /** What the target counts fall towards. Default 1. */
  readonly min?: number
  /** b, the exponent of the Pareto distribution: the larger, the longer the tail. Default 6. */
  readonly exponent?: number
  /** A non-negative integer; the same seed gives the same subset everywhere. */
  readonly seed: number
}

/**
 * Draws a long-tailed subset from a pool of samples, as VOC-MLT and COCO-MLT were made (Wu et al., ECCV 2020, section 4.1).
 *
 * The target counts follow the density of a Pareto distribution, from its start to its 99th percentile. Classes are
 * visited once, from head to tail in descending order of Σ_j p(i | j); each adds random samples of its own, or removes
 * some, until it has its target. Because labels co-occur, later classes move the counts of earlier ones: the result is
 * near the targets, not on them, and a pool with too few samples of a class gives what it has.
 *
 * @returns the indices of the chosen samples, ascending.
 * @throws DblossError `labels` for soft labels; `shape`; `argument` unless 0 ≤ min ≤ max and exponent > 0.
 */
export function longTailedSubset(options: LongTailedSubsetOptions): number[] {
  const { labels, max, min = 1, exponent = 6, seed } = options
  checkNumber('max', max, { minimum: 1 })
  checkNumber('min', min, { minimum: 0, maximum: max })
  checkNumber('exponent', exponent, { above: 0 })
  const read = readHardLabels(labels, 'a long-tailed subset', givenClasses(options))
  const { classCount, rows } = read
  const targets = targetCounts({ classCount, max, min, exponent })
  const members = classMembers(read)
  const random = createRandom(seed)
  const chosen = new Set<number>()
  const counts = new Array<number>(classCount).fill(0)

  for (const [rank, index] of headToTail(read, members).entries()) {
    const target = targets[rank]!
    const change = counts[index]! < target ? 1 : -1
    for (const sample of random.shuffle([...members[index]!])) {
      if (counts[index] === target) break
      if (chosen.has(sample) === change > 0) continue
      if (change > 0) chosen.add(sample)
      else chosen.delete(sample)
      for (const carried of rows[sample]!.classes) counts[carried]! += change
    }
  }
  return [...chosen].sort((a, b) => a - b)
}

/** `pdf(x) · (max − min) / b + min`, rounded down, at C even steps from the quantile 0 to the quantile 0.99 of Pareto(b). */
function targetCounts(curve: { classCount: number; max: number; min: number; exponent: number }): number[] {
  const { classCount, max, min, exponent } = curve
  const start = 1
  const end = 0.01 ** (-1 / exponent)
  return Array.from({ length: classCount }, (_, rank) => {
    const x = classCount === 1 ? start : start + ((end - start) * rank) / (classCount - 1)
    const density = exponent * x ** -(exponent + 1)
    return Math.floor((density * (max - min)) / exponent + min)
  })
}

/** The classes in descending order of Σ_j p(i | j): how much of the other classes' samples a class accompanies. */
function headToTail({ rows }: LabelRows, members: readonly (readonly number[])[]): number[] {
  const labelSets = uniteLabelSets(rows.map(({ classes, unknown }) => ({ classes, unknown, count: 1 })))
  const order = companionship(
    labelSets,
    members.map((samples) => samples.length),
  )
  return [...order.keys()].sort((a, b) => order[b]! - order[a]!)
}
