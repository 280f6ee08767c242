import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { HubRepository, listed, type StoredFile } from './hub-repository.ts'
import { HubStorage } from './hub-storage.ts'
import {
  type Answer,
  answerBy,
  type Fault,
  type LocalRequest,
  localServer,
  type Route,
  rangeOf,
  sha256,
} from './local-server.ts'

/** A hub on this machine. */
export interface LocalHub {
  readonly url: string
  /** The token that it accepts; it may write to `user` and nowhere else. */
  readonly token: string
  readonly repositories: Map<string, HubRepository>
  /** Method and path of every request. */
  readonly requests: string[]
  /** Makes requests fail. */
  fault: (request: LocalRequest) => Fault | undefined
  /** A public repository with the files of a folder. */
  addModel(name: string, folder: string): HubRepository
}

/** A listing comes in pages of so many entries. */
const pageSize = 3

/**
 * Starts a hub on this machine which speaks as much of the API as a push, a download and transformers.js use. It checks tokens, hashes
 * and sizes, keeps large files on a second server, which must not see the token, and fails the test for any other request.
 */
export async function localHub(): Promise<LocalHub> {
  const token = 'hf_secretOfTheTests'
  const repositories = new Map<string, HubRepository>()
  const storage = new HubStorage()
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
  function open({ headers }: LocalRequest, name: string, to: 'read' | 'write'): HubRepository | Answer {
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
    (
      to: 'read' | 'write',
      handle: (repository: HubRepository, request: LocalRequest, ...captured: string[]) => Answer,
    ) =>
    (request: LocalRequest, name: string, ...captured: string[]): Answer => {
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
  const routes: readonly Route[] = [
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
    [
      'POST',
      `/${name}\\.git/info/lfs/objects/batch`,
      on('write', (_, request) => storage.announce(request, storageUrl)),
    ],
    ['POST', `/api/models/${name}/commit/(.+)`, on('write', commit)],
    ['GET', `/${name}/resolve/([^/]+)/(.+)`, resolveFile],
  ]
  function createRepository(request: LocalRequest): Answer {
    const { name, organization, type, visibility } = JSON.parse(String(request.body))
    const fullName = `${organization}/${name}`
    const opened = open(request, fullName, 'write')
    if (opened instanceof HubRepository) return { status: 409, body: { error: 'You already created this model repo' } }
    if (opened.status !== 404) return opened
    if (organization !== 'user' || type !== 'model') return forbidden
    repositories.set(fullName, new HubRepository(visibility === 'private'))
    return { body: { url: `${hub.url}/${fullName}`, id: fullName } }
  }

  function preupload(_: HubRepository, request: LocalRequest): Answer {
    const { files } = JSON.parse(String(request.body)) as { files: { path: string }[] }
    return { body: { files: files.map(({ path }) => ({ path, uploadMode: isLarge(path) ? 'lfs' : 'regular' })) } }
  }

  function commit(repository: HubRepository, request: LocalRequest, branch = ''): Answer {
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
        const bytes = storage.objects.get(value.oid)
        if (key !== 'lfsFile' || bytes?.length !== value.size) return { status: 400, body: { error: `bad ${key}` } }
        files.set(value.path, { bytes: bytes!, lfs: true })
      }
    }
    const commitOid = repository.commit(branch, title, files)
    return { body: { success: true, commitOid, commitUrl: `${hub.url}/commit/${commitOid}`, hookOutput: '' } }
  }

  /** A large file is elsewhere, on another server. */
  function resolveFile(request: LocalRequest, repository = '', revision = '', path = ''): Answer {
    return atCommit((files) => {
      const file = files.get(path)
      if (file === undefined)
        return { status: 404, headers: { 'x-error-code': 'EntryNotFound' }, body: { error: 'Entry not found' } }
      if (!file.lfs) return rangeOf(request, file.bytes)
      const oid = sha256(file.bytes)
      storage.objects.set(oid, file.bytes)
      return { status: 302, headers: { location: `${storageUrl}/objects/${oid}` } }
    })(request, repository, revision)
  }

  const violation = ({ method, path }: LocalRequest, what: string): Answer => {
    violations.push(`${method} ${path} ${what}`)
    return { status: 501 }
  }
  const answer = (routes: readonly Route[]) => (request: LocalRequest) =>
    answerBy(routes, request) ?? violation(request, 'is no request that a hub knows')
  const fault = (request: LocalRequest) => {
    requests.push(`${request.method} ${request.path}`)
    return hub.fault(request)
  }
  const storageUrl = await localServer((request) => {
    const isTold = request.headers.authorization !== undefined
    return isTold ? violation(request, 'sends the token to another server') : answer(storage.routes)(request)
  }, fault)
  const url = await localServer(answer(routes), fault)
  onTestFinished(() => {
    if (violations.length > 0) throw new Error(violations.join('\n'))
  })
  return Object.assign(hub, { url })
}

const forbidden: Answer = {
  status: 403,
  body: { error: 'You don’t have the rights to create a model under this namespace' },
}

function isLarge(path: string): boolean {
  return path.includes('.onnx')
}
