/**
 * What went wrong, for programs: `labels` and `logits` errors concern data, `formula` errors the author of a loss, `hub` errors
 * a server and the way to it.
 */
export type DblossErrorCode =
  | 'argument'
  | 'shape'
  | 'logits'
  | 'labels'
  | 'statistics'
  | 'formula'
  | 'model'
  | 'data'
  | 'output'
  | 'runtime'
  | 'hub'

/** The parts of an error message: which argument, what was found, what was expected. */
export interface ErrorDetails {
  /** The argument or file at fault, as the caller knows it. */
  readonly argument?: string
  /** What was found there. */
  readonly found?: unknown
  /** What would have been right. */
  readonly expected?: string
  /** The error that caused this one. */
  readonly cause?: unknown
}

/**
 * The error that every dbloss package throws, before work starts.
 *
 * Recognise it by `error.name === 'DblossError'` and `error.code`; never by `instanceof`, because two copies of core may
 * meet in one program.
 */
export class DblossError extends Error {
  override readonly name = 'DblossError'
  readonly code: DblossErrorCode
  readonly argument: string | undefined
  readonly found: unknown
  readonly expected: string | undefined

  constructor(code: DblossErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.argument = details.argument
    this.found = details.found
    this.expected = details.expected
  }
}

/** Whether `error` is a {@link DblossError}, also one from another copy of core. */
export function isDblossError(error: unknown): error is DblossError {
  return error instanceof Error && error.name === 'DblossError' && 'code' in error
}
