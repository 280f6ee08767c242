import { DblossError } from '../../errors.ts'

/** What a source expects to go on from. */
export interface ExpectedState<Name extends string> {
  /** Tells the states of different sources apart. */
  readonly kind: string
  readonly classCount: number
  /** The lists of non-negative numbers that it holds, with their lengths. */
  readonly lists: Readonly<Record<Name, number>>
}

/**
 * The lists of a state that a source gave, perhaps through JSON.
 *
 * @throws DblossError `argument` for a state of another kind, of another number of classes, or with lists of another length
 * or with anything but finite numbers from 0 up in them.
 */
export function checkSourceState<Name extends string>(
  state: unknown,
  { kind, classCount, lists }: ExpectedState<Name>,
): Readonly<Record<Name, readonly number[]>> {
  const found: Readonly<Record<string, unknown>> = typeof state === 'object' && state !== null ? { ...state } : {}
  if (found.kind !== kind) throw refused('kind', found.kind, `'${kind}'`)
  if (found.classCount !== classCount) throw refused('classCount', found.classCount, `${classCount}`)
  const names = Object.keys(lists) as Name[]
  const checked = names.map((name) => [name, checkList(name, found[name], lists[name])] as const)
  return Object.fromEntries(checked) as Record<Name, readonly number[]>
}

function checkList(name: string, list: unknown, length: number): readonly number[] {
  const isRight =
    Array.isArray(list) && list.length === length && list.every((value) => Number.isFinite(value) && value >= 0)
  if (!isRight) throw refused(name, list, `a list of ${length} finite numbers from 0 up`)
  return list
}

function refused(property: string, found: unknown, expected: string): DblossError {
  const shown = JSON.stringify(found)
  return new DblossError(
    'argument',
    `the state of the input source has ${property} ${shown}; expected ${expected}, as its own state() gives it`,
    { argument: 'state', found, expected },
  )
}
