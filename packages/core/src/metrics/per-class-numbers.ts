import { DblossError } from '../errors.ts'

/**
 * One number for every class, from one for all or one a class.
 *
 * @throws DblossError `shape` for another number of values, `argument` for NaN.
 */
export function perClassNumbers(argument: string, given: number | ArrayLike<number>, classCount: number): number[] {
  const values = typeof given === 'number' ? new Array<number>(classCount).fill(given) : Array.from(given)
  if (values.length !== classCount) {
    throw new DblossError('shape', `${argument} has ${values.length} values for ${classCount} classes`, {
      argument,
      found: values.length,
      expected: `one number, or ${classCount}`,
    })
  }
  const invalid = values.findIndex((value) => Number.isNaN(value))
  if (invalid >= 0) {
    const place = typeof given === 'number' ? argument : `${argument}[${invalid}]`
    throw new DblossError('argument', `${place} is NaN; expected a number`, {
      argument,
      found: Number.NaN,
      expected: 'a number',
    })
  }
  return values
}
