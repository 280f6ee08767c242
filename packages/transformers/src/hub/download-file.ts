import { createHash, type Hash } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DblossError } from '@dbloss/core'
import type { ListFileEntry } from '@huggingface/hub'
import type { HubConnection } from './connection.ts'
import { mostTries, waitAfter } from './retrying-fetch.ts'

/** A file of a repository at a commit. */
export interface RemoteFile {
  readonly repository: string
  readonly commit: string
  readonly path: string
  /** In bytes. */
  readonly size: number
  readonly digest: Digest
}

/** A hash that the hub gives of a file: SHA-256 of large ones, that of git of the others. */
interface Digest {
  readonly algorithm: 'sha256' | 'git'
  readonly hex: string
}

/** What a listing says of a file; nothing of folders. */
export function remoteFile(entry: ListFileEntry, repository: string, commit: string): RemoteFile | undefined {
  if (entry.type !== 'file') return undefined
  const { path, size, lfs, oid } = entry
  const at = { repository, commit, path }
  if (lfs !== undefined) return { ...at, size: lfs.size, digest: { algorithm: 'sha256', hex: lfs.oid } }
  return { ...at, size, digest: { algorithm: 'git', hex: oid ?? '' } }
}

/**
 * Downloads a file into a folder, and compares it with the hash that the hub has of it. A connection that is lost in the middle goes
 * on from there.
 *
 * @param onReceived gets the number of bytes of each piece.
 * @throws DblossError `hub` for a file that is not what the hub has listed. Rejects as Node when it cannot be written.
 */
export async function downloadFile(
  connection: HubConnection,
  remote: RemoteFile,
  folder: string,
  { signal, onReceived }: { readonly signal?: AbortSignal | undefined; readonly onReceived: (bytes: number) => void },
): Promise<void> {
  const { path, size, digest } = remote
  const target = join(folder, path)
  await mkdir(dirname(target), { recursive: true })
  const file = await open(target, 'wx')
  try {
    const hash = startHash(digest, size)
    for await (const chunk of contentOf(connection, remote, signal)) {
      signal?.throwIfAborted()
      await file.writeFile(chunk)
      hash.update(chunk)
      onReceived(chunk.length)
    }
    const found = hash.digest('hex')
    if (found !== digest.hex) throw damaged(remote, found)
  } finally {
    await file.close()
  }
}

/** The bytes of a file; after a lost connection from where it was. */
async function* contentOf(
  { hub, parameters }: HubConnection,
  { repository, commit, path, size }: RemoteFile,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (size === 0) return
  const repo = { type: 'model', name: repository } as const
  // Plain requests, which every hub answers, and a hub on this machine in tests too.
  const content = await hub.downloadFile({ ...parameters, repo, path, revision: commit, xet: false })
  if (content === null) throw new DblossError('hub', `${path} of ${repository} is gone; expected a file`)
  let received = 0
  for (let tried = 1; received < size; tried++) {
    const reader = (received === 0 ? content : content.slice(received)).stream().getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        received += value.length
        yield value
      }
      if (received >= size) return
      throw new TypeError(`the connection ended after ${received} of ${size} bytes`)
    } catch (error) {
      if (tried === mostTries) throw error
      await waitAfter(tried, signal)
    } finally {
      await reader.cancel().catch(() => undefined)
    }
  }
}

/** Git hashes a file with its kind and size before it. */
function startHash({ algorithm }: Digest, size: number): Hash {
  return algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`)
}

function damaged({ path, repository, digest }: RemoteFile, found: string): DblossError {
  return new DblossError(
    'hub',
    `${path} of ${repository} arrived damaged: its hash is ${found}; expected ${digest.hex}, as the hub says`,
    { argument: 'repository', found, expected: digest.hex },
  )
}
