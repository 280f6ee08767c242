import { DblossError } from '../errors.ts'
import { classPriors, type LabelStatistics, smoothedCounts } from '../labels/index.ts'

/**
 * The positive samples of each class, n_i plus the pseudo-count.
 *
 * @throws DblossError `statistics` naming the classes without any, whose weight would be infinite.
 */
export function requireCounts(statistics: LabelStatistics): Float64Array {
  const { positives } = smoothedCounts(statistics)
  refuse(statistics, positives, (count) => count <= 0, 'no positive sample (n = 0)')
  return positives
}

/**
 * p_i = n_i / N with the pseudo-count.
 *
 * @throws DblossError `statistics` naming the classes that are never or always present, whose prior bias is infinite.
 */
export function requirePriors(statistics: LabelStatistics): Float64Array {
  const priors = classPriors(statistics)
  refuse(statistics, priors, (prior) => !(prior > 0), 'no positive sample (n = 0)')
  refuse(statistics, priors, (prior) => !(prior < 1), 'no negative sample (n = N)')
  return priors
}

function refuse(
  statistics: LabelStatistics,
  values: Float64Array,
  isWrong: (value: number) => boolean,
  problem: string,
): void {
  const wrong = Array.from(values.keys()).filter((index) => isWrong(values[index]!))
  if (wrong.length === 0) return
  const names = wrong.slice(0, 5).map((index) => {
    const name = statistics.classNames?.[index]
    return name === undefined ? `${index}` : `${index} (${name})`
  })
  const more = wrong.length > 5 ? ` and ${wrong.length - 5} more` : ''
  const subject = wrong.length === 1 ? `class ${names[0]} has` : `classes ${names.join(', ')}${more} have`
  throw new DblossError(
    'statistics',
    `${subject} ${problem}, so this loss is infinite there; leave ${wrong.length === 1 ? 'it' : 'them'} out, or pass ` +
      'pseudoCount (for example 1) to labelStatistics',
    { argument: 'statistics', found: wrong, expected: 'classes with positive and negative samples, or a pseudoCount' },
  )
}
