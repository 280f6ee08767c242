import { DblossError } from '../errors.ts'

/**
 * Checks a number that a user gave.
 *
 * @throws DblossError `argument` naming it.
 */
export function checkParameter(
  name: string,
  value: number,
  {
    above = Number.NEGATIVE_INFINITY,
    from = Number.NEGATIVE_INFINITY,
    below = Number.POSITIVE_INFINITY,
  }: {
    /** The value must be greater than this. */
    readonly above?: number
    /** The value must be at least this. */
    readonly from?: number
    /** The value must be smaller than this. */
    readonly below?: number
  } = {},
): void {
  if (typeof value === 'number' && Number.isFinite(value) && value > above && value >= from && value < below) return
  const bounds = [
    ...(Number.isFinite(above) ? [`greater than ${above}`] : []),
    ...(Number.isFinite(from) ? [`at least ${from}`] : []),
    ...(Number.isFinite(below) ? [`smaller than ${below}`] : []),
  ]
  const expected = ['a finite number', ...bounds].join(', ')
  throw new DblossError('argument', `${name} is ${String(value)}; expected ${expected}`, {
    argument: name,
    found: value,
    expected,
  })
}
