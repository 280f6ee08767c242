import { DblossError } from '../errors.ts'

/** What a numeric option must be. */
interface NumberRange {
  readonly integer?: boolean
  readonly minimum?: number
  readonly maximum?: number
  /** Whether the minimum itself is refused. Default false. */
  readonly above?: boolean
}

/** @throws DblossError `argument` when the value is not a finite number in the range. */
export function checkNumber(argument: string, value: number, range: NumberRange = {}): void {
  const { integer = false, minimum = -Infinity, maximum = Infinity, above = false } = range
  const aboveMinimum = above ? value > minimum : value >= minimum
  if (Number.isFinite(value) && aboveMinimum && value <= maximum && (!integer || Number.isInteger(value))) return
  const limits = [
    ...(minimum === -Infinity ? [] : [above ? `above ${minimum}` : `at least ${minimum}`]),
    ...(maximum === Infinity ? [] : [`at most ${maximum}`]),
  ]
  const expected = [integer ? 'an integer' : 'a number', limits.join(' and ')].filter((part) => part !== '').join(' ')
  throw new DblossError('argument', `${argument} is ${String(value)}; expected ${expected}`, {
    argument,
    found: value,
    expected,
  })
}
