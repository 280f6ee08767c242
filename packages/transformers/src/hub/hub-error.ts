import { DblossError, isDblossError } from '@dbloss/core'
import { mostTries } from './retrying-fetch.ts'

/** What a failed piece of work was about. */
export interface HubErrorContext {
  readonly work: 'push' | 'download'
  readonly repository: string
  /** The branch, tag or commit. */
  readonly revision: string
  readonly hubUrl: string
  readonly token: string | undefined
}

/**
 * What went wrong between here and the hub as an error that says what to do. The library's own error is not kept as its cause:
 * it holds signed addresses, and what a server says of the token.
 */
export function hubError(error: unknown, context: HubErrorContext): DblossError {
  if (isDblossError(error)) return error
  const { work, repository, token } = context
  const status = statusOf(error)
  const [problem, expected] = status === undefined ? connectionProblem(error, context) : refusal(status, context)
  const reason = reasonOf(error)
  const said = reason === undefined ? '' : ` (${reason})`
  const message = `cannot ${work} ${repository}: ${problem}${said}; expected ${expected}`
  return new DblossError('hub', token === undefined ? message : message.replaceAll(token, '<token>'), {
    argument: status === 401 || status === 403 ? 'token' : 'repository',
    found: status ?? 'no answer',
    expected,
  })
}

/** The status of an answer that @huggingface/hub did not accept. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined
}

type Explanation = readonly [problem: string, expected: string]

function refusal(status: number, context: HubErrorContext): Explanation {
  const { work, repository, revision, hubUrl, token } = context
  const permission = work === 'push' ? 'write' : 'read'
  const tokens = `${hubUrl}/settings/tokens`
  switch (status) {
    case 401:
      return token === undefined
        ? [`it is private or not on ${hubUrl}`, `a name that is there, or a token in HF_TOKEN from ${tokens}`]
        : [`${hubUrl} does not accept the token`, `one that is valid and may ${permission}, from ${tokens}`]
    case 403:
      return [
        `the token may not ${permission} here`,
        `one with ${permission} access to ${repository.split('/')[0]}, from ${tokens}, and to gated models once their terms are accepted`,
      ]
    case 404:
      return [
        `there is no such repository or revision '${revision}' on ${hubUrl}, or the token may not see it`,
        'a name that is there',
      ]
    case 409:
    case 412:
      return ['somebody else has changed it in the meantime', 'to run the same again']
    case 413:
      return [`${hubUrl} takes no files of this size`, 'smaller files, or a repository with more room']
    case 429:
      return [`${hubUrl} has had too many requests, and ${mostTries} tries`, 'to run the same again some minutes later']
    default:
      return [
        `${hubUrl} answers with status ${status}${status >= 500 ? `, after ${mostTries} tries` : ''}`,
        'to run the same again later',
      ]
  }
}

function connectionProblem(error: unknown, { hubUrl }: HubErrorContext): Explanation {
  return error instanceof TypeError
    ? [`${hubUrl} cannot be reached, after ${mostTries} tries`, 'a connection, and the right hubUrl or HF_ENDPOINT']
    : [`${hubUrl} gives an answer that is not understood`, 'the address of a Hugging Face Hub']
}

/** What the server or the system said, when it is a short line without an address. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return typeof error === 'string' ? shortLine(error) : undefined
  const { data } = error as { data?: { error?: unknown; message?: unknown } }
  if (statusOf(error) !== undefined) return shortLine(data?.error ?? data?.message)
  const { cause } = error
  if (!(cause instanceof Error)) return shortLine(error.message)
  return shortLine(cause.message) ?? ('code' in cause ? shortLine(cause.code) : undefined)
}

function shortLine(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  const [line = ''] = text.trim().split('\n')
  return line === '' || line.length > 200 || /[<>]|:\/\//.test(line) ? undefined : line
}
