import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'

/**
 * How probable a class is to be drawn, q:
 *
 * - `uniform`: 1/C.
 * - `counts` and `power` (default 1): `q_i ∝ n_i^power`; 1 draws as often as classes occur, 0 uniformly, 0.75 is the choice
 *   of word2vec (Mikolov et al. 2013).
 * - `probabilities`: q itself.
 */
export type ClassDistribution =
  | 'uniform'
  | { readonly counts: ArrayLike<number>; readonly power?: number }
  | { readonly probabilities: ArrayLike<number> }

/** Single-precision probabilities of many classes sum to 1 within this. */
const SUM_TOLERANCE = 1e-3

/**
 * q, [C]; sums to 1.
 *
 * @throws DblossError `shape` for another number of classes; `argument` for values that are negative or not finite, that
 * are all 0, or for probabilities that do not sum to 1.
 */
export function classProbabilities(distribution: ClassDistribution, classCount: number): Float64Array {
  if (distribution === 'uniform') return new Float64Array(classCount).fill(1 / classCount)
  if ('probabilities' in distribution) {
    const weights = classWeights('probabilities', distribution.probabilities, classCount)
    const total = sumOf(weights)
    if (Math.abs(total - 1) > SUM_TOLERANCE) {
      throw new DblossError('argument', `probabilities sum to ${total}; expected 1`, {
        argument: 'probabilities',
        found: total,
        expected: 'a sum of 1',
      })
    }
    return normalized(weights)
  }
  const { counts, power = 1 } = distribution
  checkNumber('power', power, { minimum: 0 })
  const weights = classWeights('counts', counts, classCount)
  const largest = weights.reduce((most, count) => Math.max(most, count), 0)
  return normalized(weights.map((count) => (count / largest) ** power))
}

function classWeights(argument: string, values: ArrayLike<number>, classCount: number): Float64Array {
  if (values.length !== classCount) {
    throw new DblossError('shape', `${argument} has ${values.length} values for ${classCount} classes`, {
      argument,
      found: values.length,
      expected: `${classCount} values`,
    })
  }
  const weights = Float64Array.from(values)
  const invalid = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity))
  if (invalid >= 0) {
    throw new DblossError('argument', `${argument}[${invalid}] is ${weights[invalid]}; expected a number at least 0`, {
      argument,
      found: weights[invalid],
      expected: 'finite numbers at least 0',
    })
  }
  if (weights.every((weight) => weight === 0)) {
    throw new DblossError('argument', `${argument} are all 0, so there is no class to draw`, {
      argument,
      found: 0,
      expected: 'at least one number above 0',
    })
  }
  return weights
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)

function normalized(weights: Float64Array): Float64Array {
  const total = sumOf(weights)
  return weights.map((weight) => weight / total)
}
