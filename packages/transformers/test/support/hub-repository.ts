import { createHash } from 'node:crypto'
import { sha256 } from './local-server.ts'

/** A file of a commit. */
export interface StoredFile {
  readonly bytes: Buffer
  /** Whether it is kept by Git LFS, as large and binary files are. */
  readonly lfs: boolean
}

type Files = ReadonlyMap<string, StoredFile>

/** A model repository of a hub: commits, and branches that name them. */
export class HubRepository {
  readonly isPrivate: boolean
  readonly commits = new Map<string, Files>()
  readonly branches = new Map<string, string>()
  readonly titles: string[] = []

  constructor(isPrivate: boolean) {
    this.isPrivate = isPrivate
    this.commit('main', 'initial commit', new Map([['.gitattributes', { bytes: Buffer.from('*.onnx\n'), lfs: false }]]))
  }

  /** @returns the hash of the commit. */
  commit(branch: string, title: string, files: Files): string {
    const content = [...files].map(([path, { bytes }]) => `${path} ${sha256(bytes)}`)
    const hash = createHash('sha1')
      .update([this.commits.size, title, ...content].join('\n'))
      .digest('hex')
    this.commits.set(hash, files)
    this.branches.set(branch, hash)
    this.titles.push(title)
    return hash
  }

  /** The hash of the commit of a branch, or of a commit by its hash. */
  resolve(revision: string): string | undefined {
    const hash = this.branches.get(revision === 'HEAD' ? 'main' : revision) ?? revision
    return this.commits.has(hash) ? hash : undefined
  }

  /** The paths and contents of a branch. */
  contents(branch = 'main'): Record<string, Buffer> {
    const files = [...this.commits.get(this.branches.get(branch)!)!]
    return Object.fromEntries(files.map(([path, { bytes }]) => [path, bytes]))
  }
}

/** What a listing says of a file. */
export function listed(path: string, { bytes, lfs }: StoredFile) {
  const oid = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
  const size = bytes.length
  if (!lfs) return { type: 'file', path, size, oid }
  return { type: 'file', path, size, oid: '0'.repeat(40), lfs: { oid: sha256(bytes), size, pointerSize: 134 } }
}
