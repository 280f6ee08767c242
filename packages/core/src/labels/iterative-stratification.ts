import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'
import { createRandom } from '../random.ts'
import { classMembers } from './class-members.ts'
import { type ClassOptions, givenClasses } from './class-names.ts'
import { type DataSetLabels, readHardLabels } from './label-matrix.ts'
import { rarestFirst } from './rarest-first.ts'

/** What {@link iterativeStratification} needs: `folds` or `proportions`. */
export interface IterativeStratificationOptions extends ClassOptions {
  /** The labels of the samples: 0, 1 or −1, which counts as not carried. */
  readonly labels: DataSetLabels
  /** k ≥ 2: k parts of the same size. */
  readonly folds?: number
  /** The share of each part, as `[0.8, 0.2]`: above 0, with sum 1. */
  readonly proportions?: readonly number[]
  /** A non-negative integer; the same seed gives the same parts everywhere. */
  readonly seed: number
  /**
   * Whether the parts must have the size that their share says, to one sample. By default, as in the paper, sizes may give
   * way to class proportions by some samples.
   */
  readonly exactSizes?: boolean
}

/**
 * Splits samples so that each class is spread over the parts as their shares say: where a random split leaves a rare class
 * out of the validation part, this one does not.
 *
 * The class with the fewest samples left goes first. Each of its samples, in random order, joins the part that lacks most
 * samples of this class; of equals the one that lacks most samples altogether; of equals any. At the end samples without
 * positives fill up the parts that lack most. Works with any number of classes: time and memory go with the number of labels.
 *
 * Source: Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label data", ECML PKDD 2011, algorithm 1.
 *
 * @returns for each part the indices of its samples, ascending; every sample is in one part.
 * @throws DblossError `argument` unless there are either `folds` or `proportions`, in their range; `labels` for soft labels; `shape`.
 */
export function iterativeStratification(options: IterativeStratificationOptions): number[][] {
  const shares = readShares(options)
  const random = createRandom(options.seed)
  const read = readHardLabels(options.labels, 'iterative stratification', givenClasses(options))
  const members = classMembers(read)
  const sampleCount = read.rows.length
  /** How many samples each part lacks: altogether, and for each class, [parts] and [C, parts]. */
  const lacking = shares.map((share) => share * sampleCount)
  const lackingOf = members.map((samples) => Float64Array.from(shares, (share) => share * samples.length))
  const capacity = options.exactSizes ? exactSizes(shares, sampleCount) : shares.map(() => sampleCount)
  const parts: number[][] = shares.map(() => [])
  const assigned = new Uint8Array(sampleCount)
  const classes = rarestFirst(
    members.map((samples) => samples.length),
    random,
  )

  function assign(sample: number, wanted: readonly ArrayLike<number>[]): void {
    let candidates = [...parts.keys()].filter((part) => parts[part]!.length < capacity[part]!)
    for (const want of wanted) candidates = largest(candidates, want)
    const part = candidates[candidates.length === 1 ? 0 : random.integer(candidates.length)]!
    parts[part]!.push(sample)
    assigned[sample] = 1
    lacking[part]!--
    for (const carried of read.rows[sample]!.classes) {
      lackingOf[carried]![part]!--
      classes.removeSample(carried)
    }
  }

  for (let index = classes.next(); index !== undefined; index = classes.next()) {
    const left = members[index]!.filter((sample) => assigned[sample] === 0)
    for (const sample of random.shuffle(left)) assign(sample, [lackingOf[index]!, lacking])
  }
  const unlabelled = [...assigned.keys()].filter((sample) => assigned[sample] === 0)
  for (const sample of random.shuffle(unlabelled)) assign(sample, [lacking])
  return parts.map((part) => part.sort((a, b) => a - b))
}

/** Sums of shares that a user writes as decimals are 1 to this. */
const SHARE_TOLERANCE = 1e-9

function readShares({ folds, proportions }: IterativeStratificationOptions): number[] {
  if ((folds === undefined) === (proportions === undefined)) {
    throw new DblossError('argument', 'stratification needs either folds or proportions', {
      argument: 'folds',
      found: { folds, proportions },
      expected: 'one of folds and proportions',
    })
  }
  if (folds !== undefined) {
    checkNumber('folds', folds, { integer: true, minimum: 2 })
    return new Array<number>(folds).fill(1 / folds)
  }
  const shares = [...proportions!]
  shares.forEach((share, part) => {
    checkNumber(`proportions[${part}]`, share, { above: 0 })
  })
  const sum = shares.reduce((total, share) => total + share, 0)
  if (Math.abs(sum - 1) <= SHARE_TOLERANCE) return shares
  throw new DblossError('argument', `proportions have the sum ${sum}; expected 1`, {
    argument: 'proportions',
    found: proportions,
    expected: 'numbers above 0 with sum 1',
  })
}

/** Whole sizes with the right sum: rounded down, and one more for those with the largest remainders. */
function exactSizes(shares: readonly number[], sampleCount: number): number[] {
  const sizes = shares.map((share) => Math.floor(share * sampleCount))
  const missing = sampleCount - sizes.reduce((sum, size) => sum + size, 0)
  const remainder = (part: number): number => shares[part]! * sampleCount - sizes[part]!
  const order = [...shares.keys()].sort((a, b) => remainder(b) - remainder(a))
  for (const part of order.slice(0, missing)) sizes[part]!++
  return sizes
}

/** Those of the candidates with the largest value. */
function largest(candidates: readonly number[], values: ArrayLike<number>): number[] {
  let most = -Infinity
  for (const candidate of candidates) most = Math.max(most, values[candidate]!)
  return candidates.filter((candidate) => values[candidate] === most)
}
