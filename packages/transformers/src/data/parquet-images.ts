import { dataError } from './data-error.ts'
import { isRecord } from './json.ts'
import type { ParquetTable } from './parquet-table.ts'

/** Row groups whose images stay in memory: neighbours are read together, and two are in work when one ends. */
const capacity = 2

/**
 * Reads images out of Parquet files. A row group is read as a whole; the last ones read are kept, so that reading in the
 * order of the rows reads each once, and memory does not grow with the data.
 */
export class ParquetImages {
  /** By file and row group, the one used last at the end. */
  readonly #groups = new Map<string, Promise<unknown[]>>()

  /** @throws DblossError `data`, naming file and row, for a row without image bytes and for damaged files. */
  async read(table: ParquetTable, column: string, row: number): Promise<Uint8Array> {
    const group = table.rowGroups.find(({ start, rows }) => row < start + rows)!
    const images = await this.#group(table, column, group)
    const value = images[row - group.start]
    const bytes = isRecord(value) && !(value instanceof Uint8Array) ? value.bytes : value
    // A copy: whoever keeps it must not keep the row group.
    if (bytes instanceof Uint8Array) return bytes.slice()
    const outside = isRecord(value) && typeof value.path === 'string' ? `, only the path ${value.path}` : ''
    throw dataError(`${table.file} row ${row}`, `embeds no image in column ${column}${outside}`, value, 'image bytes')
  }

  #group(table: ParquetTable, column: string, { start, rows }: ParquetTable['rowGroups'][number]) {
    const key = `${start} ${table.file}`
    const images = this.#groups.get(key) ?? table.readColumn(column, start, start + rows)
    this.#groups.delete(key)
    this.#groups.set(key, images)
    for (const oldest of this.#groups.keys()) if (this.#groups.size > capacity) this.#groups.delete(oldest)
    // What failed may succeed when it is read again.
    images.catch(() => this.#groups.delete(key))
    return images
  }
}
