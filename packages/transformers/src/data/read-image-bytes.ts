import { readFile } from 'node:fs/promises'
import { checkNumber, isDblossError } from '@dbloss/core'
import { dataError } from './data-error.ts'
import type { ImageItem } from './dataset.ts'

/** Options of {@link readImageBytes}. */
export interface ReadImageOptions {
  readonly signal?: AbortSignal | undefined
  /** How long a server may take for an image, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number
}

/**
 * The encoded bytes of an image: what its `read` gives, what the server of its URL sends, or the file.
 *
 * @throws DblossError `data`, naming the image, when it is missing or empty, when the server answers with an error, not in
 * time, or not at all; `argument` for a timeout that is none. Rejects with the signal's reason when it is aborted.
 */
export async function readImageBytes(
  item: Pick<ImageItem, 'path' | 'read'>,
  { signal, timeoutMs = 30_000 }: ReadImageOptions = {},
): Promise<Uint8Array> {
  checkNumber('timeoutMs', timeoutMs, { integer: true, minimum: 1 })
  signal?.throwIfAborted()
  const bytes = await readSource(item, signal, timeoutMs).catch((error: unknown) => {
    signal?.throwIfAborted()
    if (isDblossError(error)) throw error
    throw dataError(item.path, `cannot be read: ${reasonOf(error)}`, item.path, 'an image that can be read', error)
  })
  signal?.throwIfAborted()
  if (bytes.length === 0) throw dataError(item.path, 'is empty', 0, 'an encoded image')
  return bytes
}

/** Whether an image is fetched from a server. */
export function isWebAddress(path: string): boolean {
  return /^https?:\/\//i.test(path)
}

async function readSource(
  { path, read }: Pick<ImageItem, 'path' | 'read'>,
  signal: AbortSignal | undefined,
  timeoutMs: number,
): Promise<Uint8Array> {
  if (read !== undefined) return read()
  return isWebAddress(path) ? fetchBytes(path, signal, timeoutMs) : readFile(path, { signal })
}

async function fetchBytes(url: string, signal: AbortSignal | undefined, timeoutMs: number): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) })
    if (!response.ok) {
      await response.body?.cancel()
      const status = `${response.status} ${response.statusText}`.trim()
      throw dataError(url, `is answered with ${status}`, response.status, 'status 200')
    }
    return new Uint8Array(await response.arrayBuffer())
  } catch (error) {
    if (!timeout.aborted || isDblossError(error)) throw error
    throw dataError(url, `has not come within ${timeoutMs / 1000} s`, timeoutMs, 'an answer in time', error)
  }
}

/** The message of the innermost cause: `fetch failed` alone tells nobody what failed. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name
}
