import { DblossError } from '@dbloss/core'
import { hasRecord } from '../classifier-config.ts'
import type { HubConnection } from './connection.ts'
import { statusOf } from './hub-error.ts'
import { isPushed, type PushedFile } from './pushed-files.ts'

/** Where a push goes. */
export interface Destination {
  readonly repository: string
  readonly branch: string
  /** Whether it has to be private. */
  readonly isPrivate: boolean
}

/**
 * Makes repository and branch where they are missing.
 *
 * @returns whether the repository was made, and files of an earlier model that the new one does not have.
 * @throws DblossError `hub` for a repository that is public and has to be private, and for one with a model that dbloss did not
 * write. Rejects as @huggingface/hub.
 */
export async function prepareDestination(
  connection: HubConnection,
  destination: Destination,
  files: readonly PushedFile[],
): Promise<{ readonly created: boolean; readonly outdated: readonly string[] }> {
  const created = await makeRepository(connection, destination)
  if (destination.branch !== 'main') await makeBranch(connection, destination)
  return { created, outdated: created ? [] : await outdatedFiles(connection, destination, files) }
}

/** Whether it was made; one that is there is used. */
async function makeRepository(
  { hub, parameters }: HubConnection,
  { repository, isPrivate }: Destination,
): Promise<boolean> {
  const found = await unlessStatus(404, hub.modelInfo({ ...parameters, name: repository }))
  if (found === undefined) {
    const { accessToken = '', ...rest } = parameters
    const visibility = isPrivate ? { visibility: 'private' as const } : {}
    // It is there already when the answer of an earlier try was lost.
    await unlessStatus(409, hub.createRepo({ ...rest, accessToken, repo: modelNamed(repository), ...visibility }))
    return true
  }
  if (!isPrivate || found.private) return false
  throw refusal(repository, 'is public already', 'another name, or a repository that was made private before')
}

async function makeBranch({ hub, parameters }: HubConnection, { repository, branch }: Destination): Promise<void> {
  await unlessStatus(409, hub.createBranch({ ...parameters, repo: modelNamed(repository), branch }))
}

async function outdatedFiles(
  { hub, parameters }: HubConnection,
  { repository, branch }: Destination,
  files: readonly PushedFile[],
): Promise<string[]> {
  const repo = modelNamed(repository)
  const paths: string[] = []
  const revision = encodeURIComponent(branch)
  for await (const { type, path } of hub.listFiles({ ...parameters, repo, revision, recursive: true })) {
    if (type === 'file') paths.push(path)
  }
  if (paths.includes('config.json')) {
    const config = await hub.downloadFile({ ...parameters, repo, path: 'config.json', revision: branch, xet: false })
    if (config !== null && !hasRecord(await config.text())) {
      const problem = 'has a model that dbloss did not write, so it is not replaced'
      throw refusal(repository, problem, 'another name, or a repository without a model')
    }
  }
  const kept = new Set(files.map(({ path }) => path))
  return paths.filter((path) => isPushed(path) && !kept.has(path))
}

function modelNamed(name: string) {
  return { type: 'model', name } as const
}

/** What the hub answers, or nothing where it answers with a status that is no failure. */
async function unlessStatus<T>(status: number, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (statusOf(error) === status) return undefined
    throw error
  }
}

function refusal(repository: string, problem: string, expected: string): DblossError {
  return new DblossError('hub', `${repository} ${problem}; expected ${expected}`, {
    argument: 'repository',
    found: repository,
    expected,
  })
}
