import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'

/**
 * A copy of the propensities of all classes, [C].
 *
 * @throws DblossError `shape` for none, `argument` for one outside (0, 1].
 */
export function requirePropensities(propensities: ArrayLike<number>): readonly number[] {
  const values = Array.from(propensities)
  if (values.length === 0) {
    throw new DblossError('shape', 'propensities is empty; expected one number a class', {
      argument: 'propensities',
      found: 0,
      expected: 'one number a class',
    })
  }
  values.forEach((value, index) => {
    checkNumber(`propensities[${index}]`, value, { above: 0, maximum: 1 })
  })
  return values
}
