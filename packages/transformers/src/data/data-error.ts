import { DblossError } from '@dbloss/core'

/** The error of a place in the data: `photos/metadata.jsonl line 3 has no file_name; expected …`. */
export function dataError(place: string, problem: string, found: unknown, expected: string, cause?: unknown) {
  return new DblossError('data', `${place} ${problem}; expected ${expected}`, {
    argument: place,
    found,
    expected,
    cause,
  })
}
