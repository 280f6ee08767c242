import { checkNumber } from '../check-number.ts'
import { perClassNumbers } from './per-class-numbers.ts'
import type { ScoreData } from './scored-labels.ts'

/**
 * Divides logits by a temperature, z / T, so that σ of them is calibrated; see {@link fitTemperature}.
 *
 * @param scores logits, row-major [N, C]; not written to.
 * @param temperatures one for all classes, or one a class.
 * @throws DblossError `shape` for another number of temperatures, `argument` for one that is not positive and finite.
 */
export function scaleByTemperature(
  { data, classCount }: ScoreData,
  temperatures: number | ArrayLike<number>,
): ScoreData & { readonly data: Float64Array } {
  const perClass = perClassNumbers('temperatures', temperatures, classCount)
  perClass.forEach((temperature, index) => {
    checkNumber(`temperatures[${index}]`, temperature, { above: 0 })
  })
  return { data: Float64Array.from(data, (score, element) => score / perClass[element % classCount]!), classCount }
}
