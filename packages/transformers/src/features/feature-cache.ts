import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '@dbloss/onnx-training'
import type { Backbone } from '../backbone/backbone.ts'
import { makeWritableFolder } from '../writable-folder.ts'
import { decodeShard, encodeShard, isShardName } from './feature-shard.ts'

/** Feature vectors of one backbone, kept in a folder. */
export interface FeatureCache {
  /** The row of a key, from the folder or added since. */
  get(key: string): Float32Array | undefined
  /** Keeps a row, which must not be changed afterwards. */
  add(key: string, row: Float32Array): void
  /**
   * Writes what was added as a shard, when there is much of it or the last one is long ago.
   *
   * @throws DblossError `output`, naming the file and the reason, as a disk without room.
   */
  writeWhenDue(): Promise<void>
  /**
   * Writes what was added.
   *
   * @throws DblossError `output`, as {@link FeatureCache.writeWhenDue}.
   */
  write(): Promise<void>
  /** The shards that were damaged. Their rows have to be computed again. */
  readonly notes: readonly string[]
}

const rowsPerShard = 512
/** What a killed process has to do again, at most. */
const longestMs = 10_000

/**
 * Opens the cache of a backbone: a folder of shards in `folder`, named by the backbone's fingerprint. Shards are read
 * and checked here; damaged ones are removed. Each shard is written under a temporary name and renamed, and named by its
 * content, so that processes that use one cache at a time, or are killed, do no harm.
 *
 * @throws DblossError `output` when the folder cannot be made, read or written.
 */
export async function openFeatureCache(
  folder: string,
  { fingerprint, featureCount }: Pick<Backbone, 'fingerprint' | 'featureCount'>,
): Promise<FeatureCache> {
  const place = join(folder, fingerprint.slice(0, 32))
  const rows = new Map<string, Float32Array>()
  const notes: string[] = []
  await makeWritableFolder(place, 'cache', { what: 'cache', given: folder })
  for (const name of (await readdir(place)).filter(isShardName).sort()) {
    const path = join(place, name)
    // Another process may have removed it by now.
    const bytes = await readFile(path).catch(() => undefined)
    if (bytes === undefined) continue
    const shard = decodeShard(name, bytes, featureCount, fingerprint)
    if (shard === undefined) {
      notes.push(`${path} was damaged: it is removed, and its features are computed again`)
      await rm(path, { force: true })
    } else for (const [key, row] of shard) rows.set(key, row)
  }

  let added = new Map<string, Float32Array>()
  let lastWrite = performance.now()
  async function write(): Promise<void> {
    if (added.size === 0) return
    const { name, chunks } = encodeShard(added, featureCount, fingerprint)
    await writeFileAtomic(join(place, name), chunks)
    added = new Map()
    lastWrite = performance.now()
  }
  return {
    get: (key) => rows.get(key),
    add: (key, row) => {
      rows.set(key, row)
      added.set(key, row)
    },
    writeWhenDue: async () => {
      if (added.size >= rowsPerShard || performance.now() - lastWrite > longestMs) await write()
    },
    write,
    notes,
  }
}
