import { DblossError } from './errors.ts'

/** What a numeric argument must be; a finite number always. */
export interface NumberRange {
  readonly integer?: boolean
  /** The smallest value allowed. */
  readonly minimum?: number
  /** Values must be greater than this. */
  readonly above?: number
  /** The largest value allowed. */
  readonly maximum?: number
  /** Values must be smaller than this. */
  readonly below?: number
}

/**
 * Checks a number that a user gave; every package of dbloss refuses numbers with the same words.
 *
 * @throws DblossError `argument` when the value is not a finite number in the range.
 */
export function checkNumber(argument: string, value: number, range: NumberRange = {}): void {
  const { integer = false, minimum = -Infinity, above = -Infinity, maximum = Infinity, below = Infinity } = range
  const inRange = value >= minimum && value > above && value <= maximum && value < below
  if (Number.isFinite(value) && inRange && (!integer || Number.isInteger(value))) return
  const limits = [
    ...(minimum === -Infinity ? [] : [`at least ${minimum}`]),
    ...(above === -Infinity ? [] : [`above ${above}`]),
    ...(maximum === Infinity ? [] : [`at most ${maximum}`]),
    ...(below === Infinity ? [] : [`below ${below}`]),
  ]
  const expected = [integer ? 'an integer' : 'a number', limits.join(' and ')].filter((part) => part !== '').join(' ')
  throw new DblossError('argument', `${argument} is ${String(value)}; expected ${expected}`, {
    argument,
    found: value,
    expected,
  })
}
