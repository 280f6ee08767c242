import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'

/** How many classes there are, and what they are called. */
export interface ClassOptions {
  /** C. Default: the length of `classNames`, the columns of a matrix, or the largest class index of the lists + 1. */
  readonly classCount?: number
  /** One distinct name a class: labels may then name their classes, and messages and tables do. */
  readonly classNames?: readonly string[]
}

/** What else fixes the number of classes; `described` says so in messages, as `the statistics describe`. */
export interface ExpectedClasses {
  readonly classCount: number
  readonly described: string
  /** The index of each class by its name, for labels that name classes. */
  readonly indexOf?: ReadonlyMap<string, number>
}

/**
 * The number of classes that the caller gives, if any, with the names.
 *
 * @throws DblossError `argument` unless `classCount` is a positive integer and the names are distinct, `shape` unless there
 * is one name a class.
 */
export function givenClasses({ classCount, classNames }: ClassOptions): ExpectedClasses | undefined {
  if (classCount !== undefined) checkNumber('classCount', classCount, { integer: true, minimum: 1 })
  if (classNames === undefined) {
    return classCount === undefined ? undefined : { classCount, described: 'classCount says' }
  }
  checkClassNames(classNames, classCount ?? classNames.length)
  const indexOf = new Map(classNames.map((name, index) => [name, index]))
  return classCount === undefined
    ? { classCount: classNames.length, described: 'classNames names', indexOf }
    : { classCount, described: 'classCount says', indexOf }
}

/**
 * Checks that there is one distinct name a class.
 *
 * @throws DblossError `shape` for another number of names or none at all, `argument` for a name that comes twice.
 */
export function checkClassNames(classNames: readonly string[], classCount: number): void {
  if (classNames.length !== classCount || classNames.length === 0) {
    throw new DblossError('shape', `classNames has ${classNames.length} names for ${classCount} classes`, {
      argument: 'classNames',
      found: classNames.length,
      expected: classCount === 0 ? 'at least one name' : `${classCount} names`,
    })
  }
  const seen = new Set<string>()
  for (const name of classNames) {
    if (seen.has(name)) {
      throw new DblossError('argument', `classNames has '${name}' twice; expected distinct names`, {
        argument: 'classNames',
        found: name,
        expected: 'distinct names',
      })
    }
    seen.add(name)
  }
}
