import { DblossError } from '@dbloss/core'
import { type HubErrorContext, hubError } from './hub-error.ts'
import { retryingFetch } from './retrying-fetch.ts'

/** How a hub is reached. */
export interface HubOptions {
  /** An access token. Default: that of the environment variable `HF_TOKEN`. It is sent to the hub, and never printed or stored. */
  readonly token?: string
  /** The address of the hub. Default: `HF_ENDPOINT`, else https://huggingface.co. */
  readonly hubUrl?: string
  /** Ends the work early. */
  readonly signal?: AbortSignal | undefined
}

/** What the functions of @huggingface/hub are told of a connection. */
export interface HubParameters {
  readonly hubUrl: string
  readonly accessToken?: string
  readonly fetch: typeof fetch
}

type Hub = typeof import('@huggingface/hub')

/** The functions of @huggingface/hub, and what all of them need to know. */
export interface HubConnection {
  readonly hub: Hub
  readonly parameters: HubParameters
}

/**
 * Works with a hub, and turns what goes wrong on the way into errors that say what to do. @huggingface/hub is loaded only here.
 *
 * @throws DblossError `argument` for a hubUrl that is no address, and for one without encryption on another machine when there is a
 * token; `hub` for a token that is malformed, or missing where one is needed, and as {@link hubError}. The reason of the signal when
 * it ends the work.
 */
export async function withHub<T>(
  { signal, ...options }: HubOptions,
  about: Pick<HubErrorContext, 'work' | 'repository' | 'revision'>,
  work: (connection: HubConnection) => Promise<T>,
): Promise<T> {
  const token = resolveToken(options.token, about.work === 'push')
  const hubUrl = resolveHubUrl(options.hubUrl, token !== undefined)
  const hub = await import('@huggingface/hub')
  const authorization = token === undefined ? {} : { accessToken: token }
  const parameters = { hubUrl, ...authorization, fetch: retryingFetch(signal) }
  try {
    signal?.throwIfAborted()
    return await work({ hub, parameters })
  } catch (error) {
    signal?.throwIfAborted()
    // What the system refuses is about files here: connections are lost with a TypeError.
    if (error instanceof Error && 'syscall' in error) throw error
    throw hubError(error, { ...about, hubUrl, token })
  }
}

/** The token, which is not part of any message: headers with a line break would be refused with their content. */
function resolveToken(given: string | undefined, isNeeded: boolean): string | undefined {
  const token = given ?? process.env.HF_TOKEN
  const found = given === undefined ? 'HF_TOKEN' : 'token'
  if (token === undefined || token === '') {
    if (!isNeeded) return undefined
    throw badToken('there is no token', 'the option token or HF_TOKEN, from https://huggingface.co/settings/tokens')
  }
  if (/^hf_[\w.~+/=-]+$/.test(token)) return token
  throw badToken(`${found} is no access token of the hub`, "one that starts with 'hf_', without spaces and line breaks")
}

function badToken(problem: string, expected: string): DblossError {
  return new DblossError('hub', `${problem}; expected ${expected}`, { argument: 'token', expected })
}

function resolveHubUrl(given: string | undefined, hasToken: boolean): string {
  const text = given ?? (process.env.HF_ENDPOINT || 'https://huggingface.co')
  const url = parseUrl(text)
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw badHubUrl(text, 'an address such as https://huggingface.co')
  }
  if (url.username !== '' || url.password !== '') throw badHubUrl(url.host, 'an address without a name and password')
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (hasToken && url.protocol === 'http:' && !isHere) {
    throw badHubUrl(text, 'https, because the token would be sent without encryption')
  }
  return text.replace(/\/+$/, '')
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function badHubUrl(found: string, expected: string): DblossError {
  return new DblossError('argument', `hubUrl is '${found}'; expected ${expected}`, {
    argument: 'hubUrl',
    found,
    expected,
  })
}
