import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/**
 * What a request meets instead of its answer: a status, a connection that is lost at once or after so many bytes (once they have
 * arrived, when `until` says so), an answer that stops half-way and never ends, or one with a wrong byte.
 */
export type Fault = number | 'drop' | { readonly after: number; readonly until?: Promise<void> } | 'stall' | 'damage'

/** A request as a server gets it. */
export interface LocalRequest {
  readonly method: string
  /** As it is in the address, without what follows a question mark. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** What a server answers; a body that is no buffer goes as JSON. */
export interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string | number>
  readonly body?: unknown
}

/** Answers a request, with the parts of its path that a route captures. */
export type Handler = (request: LocalRequest, ...captured: string[]) => Answer

/** Method, pattern of the path, and what answers. */
export type Route = readonly [method: string, path: string, handler: Handler]

/** Starts a server on this machine for the length of a test; resolves to its address. */
export async function localServer(
  answer: (request: LocalRequest) => Answer,
  faultOf: (request: LocalRequest) => Fault | undefined,
): Promise<string> {
  const server = createServer(async (incoming, response) => {
    // A client that is gone in the middle of its request needs no answer.
    const body = await buffer(incoming).catch(() => undefined)
    if (body === undefined) return
    const path = (incoming.url ?? '').split('?')[0]!
    const request = { method: incoming.method ?? '', path, headers: incoming.headers, body }
    send(faultOf(request), () => answer(request), response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The answer of the first route that fits, if one does. */
export function answerBy(routes: readonly Route[], request: LocalRequest): Answer | undefined {
  for (const [method, pattern, handle] of routes) {
    const match = method === request.method ? new RegExp(`^${pattern}$`).exec(request.path) : null
    if (match !== null) return handle(request, ...match.slice(1).map((text) => text && decodeURIComponent(text)))
  }
  return undefined
}

/** The whole of a file, or the bytes that a request asks for. */
export function rangeOf({ headers }: LocalRequest, bytes: Buffer): Answer {
  const etag = `"${sha256(bytes)}"`
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
  if (start === undefined || end === undefined) return { headers: { etag }, body: bytes }
  const part = bytes.subarray(Number(start), Number(end) + 1)
  return { status: 206, headers: { etag, 'content-range': `bytes ${start}-${end}/${bytes.length}` }, body: part }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** What a server in front of another one answers. */
const failing: Answer = { headers: { 'content-type': 'text/html' }, body: Buffer.from('<h1>Try later</h1>') }

function send(fault: Fault | undefined, answer: () => Answer, response: ServerResponse): void {
  if (fault === 'drop') return void response.destroy()
  const { status = 200, headers = {}, body } = typeof fault === 'number' ? { ...failing, status: fault } : answer()
  const bytes = Buffer.isBuffer(body) ? Buffer.from(body) : Buffer.from(body === undefined ? '' : JSON.stringify(body))
  const type = Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json'
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length, ...headers })
  if (fault === 'damage') bytes[0]! ^= 1
  if (fault === 'stall') return void response.write(bytes.subarray(0, bytes.length / 2))
  if (typeof fault !== 'object') return void response.end(bytes)
  response.write(bytes.subarray(0, fault.after), async () => {
    await fault.until
    response.destroy()
  })
}
