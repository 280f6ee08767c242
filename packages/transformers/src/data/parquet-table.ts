import type { FileMetaData, SchemaTree } from 'hyparquet'
import { dataError } from './data-error.ts'

/** The type of a column, as far as it matters here. */
export type ColumnType = 'integers' | 'strings' | 'bytes' | 'image struct' | { readonly other: string }

/** An open Parquet file. Rows are read when they are asked for. */
export interface ParquetTable {
  readonly file: string
  readonly rowCount: number
  /** The first row of each row group, the part of a file that is read as a whole, and how many rows it has. */
  readonly rowGroups: readonly { readonly start: number; readonly rows: number }[]
  /** The types of the columns by name. */
  readonly columns: ReadonlyMap<string, ColumnType>
  /** The JSON that the `datasets` library of Hugging Face leaves in a file. */
  readonly huggingface: string | undefined
  /** The values of a column in the rows start … end − 1. */
  readColumn(column: string, start: number, end: number): Promise<unknown[]>
}

/**
 * Reads the footer of a Parquet file.
 *
 * @throws DblossError `data` with the file when it is missing or no Parquet file; so does `readColumn` for damaged rows.
 */
export async function openParquet(file: string): Promise<ParquetTable> {
  // Neither has a CommonJS build, which this package has.
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import('hyparquet')
  const { compressors } = await import('hyparquet-compressors')
  try {
    const buffer = await asyncBufferFromFile(file)
    const metadata = await parquetMetadataAsync(buffer)
    return {
      file,
      rowCount: Number(metadata.num_rows),
      rowGroups: rowGroupsOf(metadata),
      columns: new Map(parquetSchema(metadata).children.map((column) => [column.element.name, typeOf(column)])),
      huggingface: metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value,
      readColumn: async (column, start, end) => {
        try {
          const rows: Readonly<Record<string, unknown>>[] = await parquetReadObjects({
            file: buffer,
            metadata,
            compressors,
            columns: [column],
            rowStart: start,
            rowEnd: end,
            // Bytes would become text otherwise.
            utf8: false,
          })
          if (rows.length === end - start) return rows.map((row) => row[column])
          throw new Error(`${rows.length} of ${end - start} rows from row ${start}`)
        } catch (error) {
          throw damaged(`${file} column ${column}`, error)
        }
      },
    }
  } catch (error) {
    throw damaged(file, error)
  }
}

function damaged(place: string, error: unknown) {
  const reason = error instanceof Error ? error.message : String(error)
  return dataError(place, `cannot be read as Parquet: ${reason}`, reason, 'a complete Parquet file', error)
}

function rowGroupsOf(metadata: FileMetaData) {
  let start = 0
  return metadata.row_groups.map((group) => {
    const rows = Number(group.num_rows)
    start += rows
    return { start: start - rows, rows }
  })
}

function typeOf(column: SchemaTree): ColumnType {
  const bytes = column.children.find(({ element }) => element.name === 'bytes')
  if (bytes !== undefined) return typeOf(bytes) === 'bytes' ? 'image struct' : { other: 'struct' }
  let leaf = column
  while (leaf.children.length === 1) leaf = leaf.children[0]!
  const { type, converted_type: converted, logical_type: logical } = leaf.element
  if (leaf.children.length > 1 || type === undefined) return { other: 'struct' }
  if (type === 'INT32' || type === 'INT64') return 'integers'
  if (type !== 'BYTE_ARRAY') return { other: type }
  return converted === 'UTF8' || logical?.type === 'STRING' ? 'strings' : 'bytes'
}
