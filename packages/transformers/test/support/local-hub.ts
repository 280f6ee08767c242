import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { HubRepository, listed, type StoredFile, sha256 } from './hub-repository.ts'

/**
 * What a request meets instead of its answer: a status, a connection that is lost at once or after so many bytes (once they have
 * arrived, when `until` says so), an answer that stops half-way and never ends, or one with a wrong byte.
 */
export type Fault = number | 'drop' | { readonly after: number; readonly until?: Promise<void> } | 'stall' | 'damage'

/** A request as the hub gets it. */
export interface HubRequest {
  readonly method: string
  /** As it is in the address, without what follows a question mark. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** A hub on this machine. */
export interface LocalHub {
  readonly url: string
  /** The token that it accepts; it may write to `user` and nowhere else. */
  readonly token: string
  readonly repositories: Map<string, HubRepository>
  /** Method and path of every request. */
  readonly requests: string[]
  /** Makes requests fail. */
  fault: (request: HubRequest) => Fault | undefined
  /** A public repository with the files of a folder. */
  addModel(name: string, folder: string): HubRepository
}

interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string | number>
  readonly body?: unknown
}

type Handler = (request: HubRequest, ...captured: string[]) => Answer

/** Large files go by Git LFS in parts of so many bytes; smaller ones at once. */
const partSize = 1000
/** A listing comes in pages of so many entries. */
const pageSize = 3

/**
 * Starts a hub on this machine which speaks as much of the API as a push, a download and transformers.js use. It checks tokens, hashes
 * and sizes, keeps large files on a second server, which must not see the token, and fails the test for any other request.
 */
export async function localHub(): Promise<LocalHub> {
  const token = 'hf_secretOfTheTests'
  const repositories = new Map<string, HubRepository>()
  const objects = new Map<string, Buffer>()
  const parts = new Map<string, Buffer>()
  const requests: string[] = []
  const violations: string[] = []
  const hub: LocalHub = { url: '', token, repositories, requests, fault: () => undefined, addModel }

  function addModel(name: string, folder: string): HubRepository {
    const repository = new HubRepository(false)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'))
    const content = files
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path): [string, StoredFile] => [path, { bytes: readFileSync(join(folder, path)), lfs: isLarge(path) }])
    repository.commit('main', 'model', new Map(content))
    repositories.set(name, repository)
    return repository
  }

  /** A repository that the request may read or write, or the answer that refuses it. */
  function open({ headers }: HubRequest, name: string, to: 'read' | 'write'): HubRepository | Answer {
    const { authorization } = headers
    if (authorization !== undefined && authorization !== `Bearer ${token}`) {
      return { status: 401, body: { error: `Invalid token ${authorization.slice('Bearer '.length)}` } }
    }
    const repository = repositories.get(name)
    const isVisible = repository !== undefined && (!repository.isPrivate || authorization !== undefined)
    if (to === 'read' && isVisible) return repository
    if (authorization === undefined) return { status: 401, body: { error: 'Repository not found' } }
    if (!isVisible) return { status: 404, body: { error: 'Repository not found' } }
    return name.startsWith('user/') ? repository : forbidden
  }

  const on =
    (to: 'read' | 'write', handle: (repository: HubRepository, request: HubRequest, ...captured: string[]) => Answer) =>
    (request: HubRequest, name: string, ...captured: string[]): Answer => {
      const repository = open(request, name, to)
      return repository instanceof HubRepository ? handle(repository, request, ...captured) : repository
    }

  const atCommit = (handle: (files: ReadonlyMap<string, StoredFile>, hash: string, ...rest: string[]) => Answer) =>
    on('read', (repository, _, revision = '', ...rest) => {
      const hash = repository.resolve(revision)
      return hash === undefined
        ? { status: 404, headers: { 'x-error-code': 'RevisionNotFound' }, body: { error: 'Invalid rev id' } }
        : handle(repository.commits.get(hash)!, hash, ...rest)
    })

  const name = '([\\w.-]+/[\\w.-]+)'
  const routes: readonly [method: string, path: string, Handler][] = [
    [
      'GET',
      `/api/models/${name}/revision/(.+)`,
      (request, repository = '', revision = '') =>
        atCommit((_, sha) => ({
          body: { _id: repository, id: repository, private: repositories.get(repository)!.isPrivate, sha },
        }))(request, repository, revision),
    ],
    ['POST', '/api/repos/create', createRepository],
    [
      'POST',
      `/api/models/${name}/branch/(.+)`,
      on('write', (repository, _, branch = '') => {
        if (repository.branches.has(branch)) return { status: 409, body: { error: 'Reference already exists' } }
        repository.branches.set(branch, repository.branches.get('main')!)
        return {}
      }),
    ],
    [
      'GET',
      `/api/models/${name}/tree/([^/]+)(?:/page-(\\d+))?`,
      (request, repository = '', revision = '', page = '0') =>
        atCommit((files) => {
          const entries = [
            { type: 'directory', path: 'onnx', size: 0, oid: '1'.repeat(40) },
            ...[...files].map(([path, file]) => listed(path, file)),
          ]
          const start = Number(page) * pageSize
          const next = `${hub.url}/api/models/${repository}/tree/${encodeURIComponent(revision)}/page-${Number(page) + 1}`
          return {
            headers: entries.length > start + pageSize ? { link: `<${next}>; rel="next"` } : {},
            body: entries.slice(start, start + pageSize),
          }
        })(request, repository, revision),
    ],
    ['POST', `/api/models/${name}/preupload/(.+)`, on('write', preupload)],
    ['POST', `/${name}\\.git/info/lfs/objects/batch`, on('write', (_, request) => lfsBatch(request))],
    ['POST', `/api/models/${name}/commit/(.+)`, on('write', commit)],
    ['GET', `/${name}/resolve/([^/]+)/(.+)`, resolveFile],
  ]
  const storageRoutes: readonly [method: string, path: string, Handler][] = [
    ['PUT', '/objects/([0-9a-f]{64})', (request, oid = '') => store(oid, request.body)],
    [
      'PUT',
      '/objects/([0-9a-f]{64})/(\\d+)',
      (request, oid, part) => {
        parts.set(`${oid}/${part}`, request.body)
        return { headers: { etag: sha256(request.body) } }
      },
    ],
    ['POST', '/objects/([0-9a-f]{64})', completeParts],
    ['GET', '/objects/([0-9a-f]{64})', (request, oid = '') => ranged(request, objects.get(oid)!)],
  ]

  function createRepository(request: HubRequest): Answer {
    const { name, organization, type, visibility } = JSON.parse(String(request.body))
    const fullName = `${organization}/${name}`
    const opened = open(request, fullName, 'write')
    if (opened instanceof HubRepository) return { status: 409, body: { error: 'You already created this model repo' } }
    if (opened.status !== 404) return opened
    if (organization !== 'user' || type !== 'model') return forbidden
    repositories.set(fullName, new HubRepository(visibility === 'private'))
    return { body: { url: `${hub.url}/${fullName}`, id: fullName } }
  }

  function preupload(_: HubRepository, request: HubRequest): Answer {
    const { files } = JSON.parse(String(request.body)) as { files: { path: string }[] }
    return { body: { files: files.map(({ path }) => ({ path, uploadMode: isLarge(path) ? 'lfs' : 'regular' })) } }
  }

  function lfsBatch(request: HubRequest): Answer {
    const { objects: wanted, operation } = JSON.parse(String(request.body))
    if (operation !== 'upload') return { status: 422, body: { error: `operation ${operation}` } }
    const answer = wanted.map(({ oid, size }: { oid: string; size: number }) => {
      if (objects.has(oid)) return { oid, size }
      const href = `${storage.url}/objects/${oid}`
      if (size <= partSize) return { oid, size, actions: { upload: { href } } }
      const count = Math.ceil(size / partSize)
      const urls = Array.from({ length: count }, (_, index) => [String(index + 1), `${href}/${index + 1}`])
      return {
        oid,
        size,
        actions: { upload: { href, header: { chunk_size: String(partSize), ...Object.fromEntries(urls) } } },
      }
    })
    return { body: { transfer: 'basic', objects: answer } }
  }

  function store(oid: string, bytes: Buffer): Answer {
    if (sha256(bytes) !== oid) return { status: 400, body: { error: 'the content is not what its hash says' } }
    objects.set(oid, bytes)
    return {}
  }

  function completeParts(request: HubRequest, oid = ''): Answer {
    const { parts: given } = JSON.parse(String(request.body)) as { parts: { partNumber: number; etag: string }[] }
    const content = given.map(({ partNumber }) => parts.get(`${oid}/${partNumber}`)!)
    if (given.some(({ etag }, index) => sha256(content[index]!) !== etag))
      return { status: 400, body: { error: 'etag' } }
    return store(oid, Buffer.concat(content))
  }

  function commit(repository: HubRepository, request: HubRequest, branch = ''): Answer {
    const before = repository.commits.get(repository.branches.get(branch) ?? '')
    if (before === undefined) return { status: 404, body: { error: 'Invalid rev id' } }
    const files = new Map(before)
    let title = ''
    for (const { key, value } of String(request.body)
      .split('\n')
      .map((line) => JSON.parse(line))) {
      if (key === 'header') title = value.summary
      else if (key === 'file') files.set(value.path, { bytes: Buffer.from(value.content, value.encoding), lfs: false })
      else if (key === 'deletedFile') files.delete(value.path)
      else {
        const bytes = objects.get(value.oid)
        if (key !== 'lfsFile' || bytes?.length !== value.size) return { status: 400, body: { error: `bad ${key}` } }
        files.set(value.path, { bytes: bytes!, lfs: true })
      }
    }
    const commitOid = repository.commit(branch, title, files)
    return { body: { success: true, commitOid, commitUrl: `${hub.url}/commit/${commitOid}`, hookOutput: '' } }
  }

  /** A large file is elsewhere, on another server. */
  function resolveFile(request: HubRequest, repository = '', revision = '', path = ''): Answer {
    return atCommit((files) => {
      const file = files.get(path)
      if (file === undefined)
        return { status: 404, headers: { 'x-error-code': 'EntryNotFound' }, body: { error: 'Entry not found' } }
      if (!file.lfs) return ranged(request, file.bytes)
      const oid = sha256(file.bytes)
      objects.set(oid, file.bytes)
      return { status: 302, headers: { location: `${storage.url}/objects/${oid}` } }
    })(request, repository, revision)
  }

  const storage = await listen((request) => {
    if (request.headers.authorization === undefined) return route(storageRoutes, request)
    violations.push(`${request.method} ${request.path} sends the token to another server`)
    return { status: 400 }
  })
  const { url } = await listen((request) => route(routes, request))
  onTestFinished(() => {
    if (violations.length > 0) throw new Error(violations.join('\n'))
  })
  return Object.assign(hub, { url })

  function route(table: typeof routes, request: HubRequest): Answer {
    for (const [method, pattern, handle] of table) {
      const match = method === request.method ? new RegExp(`^${pattern}$`).exec(request.path) : null
      if (match !== null) return handle(request, ...match.slice(1).map((text) => text && decodeURIComponent(text)))
    }
    violations.push(`${request.method} ${request.path} is no request that a hub knows`)
    return { status: 501 }
  }

  async function listen(answer: (request: HubRequest) => Answer): Promise<{ url: string }> {
    const server = createServer(async (incoming, response) => {
      const body = await buffer(incoming)
      const path = (incoming.url ?? '').split('?')[0]!
      const request = { method: incoming.method ?? '', path, headers: incoming.headers, body }
      requests.push(`${request.method} ${path}`)
      send(hub.fault(request), () => answer(request), response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }
}

const forbidden: Answer = {
  status: 403,
  body: { error: 'You don’t have the rights to create a model under this namespace' },
}

/** What servers before the hub answer. */
const failing: Answer = { headers: { 'content-type': 'text/html' }, body: Buffer.from('<h1>Try later</h1>') }

function isLarge(path: string): boolean {
  return path.includes('.onnx')
}

function ranged({ headers }: HubRequest, bytes: Buffer): Answer {
  const etag = `"${sha256(bytes)}"`
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
  if (start === undefined || end === undefined) return { headers: { etag }, body: bytes }
  const part = bytes.subarray(Number(start), Number(end) + 1)
  return { status: 206, headers: { etag, 'content-range': `bytes ${start}-${end}/${bytes.length}` }, body: part }
}

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
