import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { dataError } from './data-error.ts'
import { listFolder } from './image-files.ts'
import { type SplitName, splitNamed } from './split-names.ts'

/** Whether a file is Parquet by its name. */
export function isParquetFile(name: string): boolean {
  return name.endsWith('.parquet')
}

/** The split of a file as `train-00000-of-00002.parquet`, `train.parquet` or `train/0000.parquet`. */
function splitOf(file: string): SplitName | undefined {
  const [name] = /^[a-z]+/.exec(basename(file)) ?? []
  return splitNamed(name ?? '') ?? splitNamed(basename(dirname(file)))
}

/**
 * The Parquet files of each split. A single file, and a folder whose file names tell of no split, is all training.
 *
 * @throws DblossError `data` without any, when only some names tell a split, and for a missing file of a series.
 */
export async function findParquetFiles(source: string): Promise<Partial<Record<SplitName, readonly string[]>>> {
  const entry = await stat(source).catch(() => undefined)
  if (entry?.isFile()) return { train: [source] }
  const files = (await listFolder(resolve(source), source)).filter(isParquetFile)
  if (files.length === 0) throw dataError(source, 'has no Parquet file', source, 'train-00000-of-00001.parquet')
  const splits: Partial<Record<SplitName, string[]>> = {}
  const unnamed = files.filter((file) => splitOf(file) === undefined)
  if (unnamed.length > 0 && unnamed.length < files.length) {
    throw dataError(join(source, unnamed[0]!), 'tells no split, as others do', unnamed, 'a name as train-….parquet')
  }
  for (const file of files) {
    const split = splitOf(file) ?? 'train'
    splits[split] ??= []
    splits[split].push(join(source, file))
  }
  for (const series of Object.values(splits)) failOnMissingShard(series)
  return splits
}

function failOnMissingShard(files: readonly string[]): void {
  const numbered = files.map((file) => /^(.*)-(\d{5})-of-(\d{5})/.exec(file))
  const present = new Set(numbered.map((match) => match?.[0]))
  for (const [, prefix, , count] of numbered.filter((match) => match !== null)) {
    for (let shard = 0; shard < Number(count); shard++) {
      const name = `${prefix}-${String(shard).padStart(5, '0')}-of-${count}`
      if (!present.has(name)) throw dataError(`${name}.parquet`, 'is missing', files, `${count} files of this series`)
    }
  }
}
