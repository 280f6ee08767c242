import { access, constants, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DblossError } from '@dbloss/core'
import { removeUnfinished, writeFileAtomic } from '@dbloss/onnx-training'
import type { Backbone } from '../backbone/backbone.ts'
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
  for (const name of await openFolder(place, folder)) {
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

/** Makes the folder if need be, and gives the names of its shards. */
async function openFolder(place: string, given: string): Promise<string[]> {
  try {
    await mkdir(place, { recursive: true })
    await access(place, constants.R_OK | constants.W_OK)
    await removeUnfinished(place)
    return (await readdir(place)).filter(isShardName).sort()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DblossError('output', `the cache ${given} cannot be used: ${reason}; expected a folder to write in`, {
      argument: 'cache',
      found: given,
      expected: 'a folder to write in',
      cause,
    })
  }
}
