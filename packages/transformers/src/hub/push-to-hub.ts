import { type OnProgress, startPhase } from '../progress.ts'
import { type HubConnection, type HubOptions, withHub } from './connection.ts'
import { countingFetch } from './counted-blob.ts'
import { prepareDestination } from './destination.ts'
import { filesToPush, type PushedFile, type PushedFilesOptions } from './pushed-files.ts'
import { checkRepository } from './repository.ts'

/** Options of {@link pushToHub}. */
export interface PushOptions extends HubOptions, PushedFilesOptions {
  /** A model that {@link fineTune} has saved. */
  readonly folder: string
  /** `user/name` or `organization/name`; it is made where it is missing. */
  readonly repository: string
  /** Makes a new repository private, and refuses one that is public. Default: as the hub does, usually public. */
  readonly private?: boolean
  /** It is made where it is missing, from `main`. Default `main`. */
  readonly branch?: string
  /** The title of the commit. */
  readonly message?: string
  /** Counts the bytes of large files, in the phase `upload`. */
  readonly onProgress?: OnProgress
}

/** What a push has done. */
export interface PushedModel {
  readonly repository: string
  /** Where people see it. */
  readonly url: string
  /** The hash of the commit. */
  readonly commit: string
  /** Whether the repository was made. */
  readonly created: boolean
  readonly files: readonly Pick<PushedFile, 'path' | 'size'>[]
  /** Files of an earlier model that the same commit has removed: ONNX files and predictions that the folder does not have. */
  readonly removed: readonly string[]
  /** A sentence each: what differs from the folder, and what names pictures. */
  readonly notes: readonly string[]
}

/**
 * Pushes a model to the Hugging Face Hub, as one commit: all of it is there, or nothing has changed. {@link filesToPush} says which
 * files go up. Large files go by Git LFS, and those that the hub has already are not sent again, so a push that was interrupted goes
 * on. A request that fails is tried 5 times within 8 seconds.
 *
 * @throws DblossError `model` and `data` as {@link filesToPush}; `argument` for a repository or hubUrl that is not well-formed; `hub`
 * for a token that is missing or not accepted, for a public repository where a private one is asked for, for a repository with a
 * model that dbloss did not write, and for a hub that refuses or cannot be reached. The reason of the signal when it ends the work.
 */
export async function pushToHub(options: PushOptions): Promise<PushedModel> {
  const { folder, repository, branch = 'main' } = options
  checkRepository(repository)
  const { files, notes } = await filesToPush(folder, options)
  return withHub(options, { work: 'push', repository, revision: branch }, async (connection) => {
    const destination = { repository, branch, isPrivate: options.private ?? false }
    const { created, outdated: removed } = await prepareDestination(connection, destination, files)
    const commit = await upload(connection, options, files, removed)
    const url = `${connection.parameters.hubUrl}/${repository}${branch === 'main' ? '' : `/tree/${branch}`}`
    return { repository, url, commit, created, files: files.map(({ path, size }) => ({ path, size })), removed, notes }
  })
}

/** The hash of the commit. */
async function upload(
  { hub, parameters }: HubConnection,
  options: PushOptions,
  files: readonly PushedFile[],
  removed: readonly string[],
): Promise<string> {
  const { repository, branch = 'main', message = 'Upload a multi-label classifier', signal, onProgress } = options
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const show = startPhase('upload', total, onProgress)
  let sent = 0
  const fetch = countingFetch(parameters.fetch, (bytes) => {
    sent += bytes
    show(sent)
  })
  const output = await hub.commit({
    ...parameters,
    fetch,
    repo: { type: 'model', name: repository },
    branch,
    title: message,
    operations: [
      ...files.map(({ path, content }) => ({ operation: 'addOrUpdate' as const, path, content })),
      ...removed.map((path) => ({ operation: 'delete' as const, path })),
    ],
    // Plain requests, which every hub takes, and a hub on this machine in tests too.
    useXet: false,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  })
  show(total)
  return output?.commit.oid ?? ''
}
