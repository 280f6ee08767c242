/** The index labels of each axis of the operands and of the result; `Einsum` sums over labels that the result lacks. */
export interface EinsumEquation {
  readonly operands: readonly (readonly string[])[]
  readonly result: readonly string[]
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ELLIPSIS = '...'

/**
 * Reads the equation of an `Einsum`: each ellipsis becomes labels of its own, and a result that is not given has the labels
 * that occur once, in the order of the alphabet.
 *
 * @param ranks - of the operands, which tell how many axes the ellipses stand for: all for the same, as runtimes demand.
 */
export function parseEinsum(equation: string, ranks: readonly number[]): EinsumEquation {
  const [left = '', right] = equation.replaceAll(' ', '').split('->')
  const terms = left.split(',')
  const withEllipsis = terms.findIndex((term) => term.includes(ELLIPSIS))
  const hiddenRank = withEllipsis < 0 ? 0 : ranks[withEllipsis]! - terms[withEllipsis]!.replace(ELLIPSIS, '').length
  const unused = [...LETTERS].filter((letter) => !equation.includes(letter))
  const labels = (term: string): string[] => [...term.replace(ELLIPSIS, unused.slice(0, hiddenRank).join(''))]
  return { operands: terms.map(labels), result: labels(right ?? implicitResult(left)) }
}

function implicitResult(left: string): string {
  const letters = [...left].filter((letter) => LETTERS.includes(letter))
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).sort()
  return `${left.includes(ELLIPSIS) ? ELLIPSIS : ''}${once.join('')}`
}
