import { DblossError } from '@dbloss/core'
import { checkOutputFolder, writeFolder } from '../output-folder.ts'
import { type OnProgress, startPhase } from '../progress.ts'
import { type HubConnection, type HubOptions, withHub } from './connection.ts'
import { downloadFile, type RemoteFile, remoteFile } from './download-file.ts'
import { checkRepository } from './repository.ts'

/** Options of {@link downloadFromHub}. */
export interface DownloadOptions extends HubOptions {
  /** `user/name` or `organization/name`. */
  readonly repository: string
  /** A branch, a tag or the hash of a commit. Default `main`. */
  readonly revision?: string
  /** Where the model goes: a new folder. */
  readonly folder: string
  /** Replaces a folder that dbloss wrote. Default false. */
  readonly overwrite?: boolean
  /** Counts bytes, in the phase `download`. */
  readonly onProgress?: OnProgress
}

/** What a download has brought. */
export interface DownloadedModel {
  readonly folder: string
  readonly repository: string
  /** The hash of the commit that all files are of. */
  readonly commit: string
  /** With sizes in bytes. */
  readonly files: readonly Pick<RemoteFile, 'path' | 'size'>[]
}

/**
 * Downloads all files of a model from the Hugging Face Hub, as they are at one commit, but for those whose names begin with a dot.
 * Each is compared with the hash that the hub has of it. The folder appears as a whole, or not at all; what a killed download has
 * left is removed by the next one. A lost connection goes on from where it was; a request that fails is tried 5 times within 8
 * seconds.
 *
 * @throws DblossError `argument` for a repository or hubUrl that is not well-formed; `output` for a folder that cannot be written, and
 * one that is not empty, unless `overwrite` is set and dbloss wrote it; `hub` for a repository that is not there or without a
 * `config.json`, a token that is not accepted, files that arrive damaged, and a hub that cannot be reached. The reason of the signal
 * when it ends the work.
 */
export async function downloadFromHub(options: DownloadOptions): Promise<DownloadedModel> {
  const { repository, revision = 'main', folder, overwrite = false, signal, onProgress } = options
  checkRepository(repository)
  await checkOutputFolder(folder, overwrite)
  return withHub(options, { work: 'download', repository, revision }, async (connection) => {
    const { commit, files } = await listModel(connection, repository, revision)
    const show = startPhase(
      'download',
      files.reduce((sum, { size }) => sum + size, 0),
      onProgress,
    )
    let received = 0
    const onReceived = (bytes: number) => {
      received += bytes
      show(received)
    }
    await writeFolder(folder, { overwrite, signal }, async (temporary) => {
      for (const file of files) await downloadFile(connection, file, temporary, { signal, onReceived })
    })
    return { folder, repository, commit, files: files.map(({ path, size }) => ({ path, size })) }
  })
}

async function listModel(
  { hub, parameters }: HubConnection,
  repository: string,
  revision: string,
): Promise<{ readonly commit: string; readonly files: readonly RemoteFile[] }> {
  const info = await hub.modelInfo({ ...parameters, name: repository, revision, additionalFields: ['sha'] })
  const repo = { type: 'model', name: repository } as const
  const files: RemoteFile[] = []
  for await (const entry of hub.listFiles({ ...parameters, repo, revision: info.sha, recursive: true })) {
    const file = remoteFile(entry, repository, info.sha)
    if (file === undefined || /(^|\/)\.(?!\.?(\/|$))/.test(file.path)) continue
    if (!isInside(file.path)) throw unusable(repository, `has a file named '${file.path}'`, 'names within a folder')
    files.push(file)
  }
  if (files.some(({ path }) => path === 'config.json')) return { commit: info.sha, files }
  throw unusable(repository, 'has no config.json', 'a model')
}

/** Whether a name leads into a folder on every system: no root, no drive, no way up. */
function isInside(path: string): boolean {
  return path.split('/').every((part) => /^[^\\:\0]+$/.test(part) && part !== '.' && part !== '..')
}

function unusable(repository: string, found: string, expected: string): DblossError {
  return new DblossError('hub', `${repository} ${found}; expected ${expected}`, {
    argument: 'repository',
    found,
    expected,
  })
}
