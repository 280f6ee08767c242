import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'

/** The smallest propensity that is taken: 1/p times a logit of 1e4 is still finite in float32. */
export const SMALLEST_PROPENSITY = 1e-30

/**
 * A copy of the propensities of all classes, [C].
 *
 * @throws DblossError `shape` for none, `argument` for one outside (0, 1] or below 1e-30, at which 1/p overflows in float32.
 */
export function requirePropensities(propensities: ArrayLike<number> | undefined): readonly number[] {
  const values = Array.from(propensities ?? [])
  if (values.length === 0) {
    throw new DblossError('shape', 'propensities is empty; expected one number a class', {
      argument: 'propensities',
      found: 0,
      expected: 'one number a class',
    })
  }
  values.forEach((value, index) => {
    checkNumber(`propensities[${index}]`, value, { minimum: SMALLEST_PROPENSITY, maximum: 1 })
  })
  return values
}
